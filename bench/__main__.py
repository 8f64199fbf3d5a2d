"""Measures, and writes what was measured.

    python -m bench                       every row, three rounds
    python -m bench --row votes-sqlite    one row (may be given again); --rounds 5
    python -m bench --short               a smoke check: small, one round, and nothing is written

Everything that it starts is ended by it, also on Ctrl-C.
"""

import argparse
import gc
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from bench.figures import shown
from bench.measured import machine, when
from bench.processes import cores
from bench.program import House, house
from bench.rows import ROWS
from bench.table import BEGIN, END, Line, Row, Side, markdown

RESULTS = Path(__file__).with_name("results.jsonl")
README = Path(__file__).with_name("README.md")
MOST_SECONDS = 240  # that one measurement may take, its preparation left out
NEEDED_FILES = 4096


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--row", action="append", choices=[row.slug for row in ROWS], metavar="ROW")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--short", action="store_true", help="small, one round, and nothing is written")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    signal.signal(signal.SIGALRM, too_long)
    os.sched_setaffinity(0, cores()[1])
    rows = [row for row in ROWS if not options.row or row.slug in options.row]
    failed = 0
    fresh: list[Line] = []
    try:
        with house() as at_home:
            for row in rows:
                for line in measurements(row, at_home, 1 if options.short else options.rounds, options.short):
                    failed += "error" in line
                    fresh.append(line)
                    if not options.short:
                        keep(fresh)
    except KeyboardInterrupt:
        sys.exit("\nStopped. Everything that was started has been ended; what was measured so far is kept.")
    print()
    print(markdown(ROWS, fresh))
    print(f"\n{machine()}")
    if failed:
        sys.exit(f"{failed} measurements failed; see above.")


def measurements(row: Row, at_home: House, rounds: int, short: bool) -> Iterator[Line]:
    """Ours and the peers in turn, round after round; the smaller sizes in the first round."""
    for number in range(1, min(rounds, row.most_rounds) + 1):
        sizes = [row.short] if short else sorted(set(row.sizes)) if number == 1 else [row.sizes[-1]]
        for size in sizes:
            for side in row.sides:
                yield measured(row, side, size, number, at_home, 1.0 if short else row.seconds)


def measured(row: Row, side: Side, size: int, number: int, at_home: House, seconds: float) -> Line:
    line: Line = {"row": row.slug, "side": side.name, "size": size, "round": number, **when()}
    began = time.monotonic()
    gc.collect()
    gc.disable()  # it would stop the clients for longer than a server takes to answer
    signal.alarm(MOST_SECONDS + size)
    try:
        result = side.measure(at_home, size, seconds)
        line |= {"figure": result.figure, "detail": result.detail}
    except Exception as error:
        line |= {"error": f"{type(error).__name__}: {error}"[-700:]}
    finally:
        signal.alarm(0)
        gc.enable()
    told = line.get("error") or f"{shown(line['figure'])} {row.unit}"
    print(
        f"{row.slug:16} {side.name:14} {size:6,}  round {number}  {told}  ({time.monotonic() - began:.0f} s)",
        flush=True,
    )
    return line


def keep(fresh: Sequence[Line]) -> None:
    """Beside what other rows gave earlier; of these rows only what is new."""
    renewed = {line["row"] for line in fresh}
    earlier = [json.loads(text) for text in RESULTS.read_text().splitlines()] if RESULTS.exists() else []
    lines = [line for line in earlier if line["row"] not in renewed] + list(fresh)
    RESULTS.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
    before, _begin, rest = README.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{machine()}\n\n{markdown(ROWS, lines)}\n\n{END}{after}")


def stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def too_long(_signal: int, _frame: object) -> NoReturn:
    raise TimeoutError("it took too long, and was ended")


if __name__ == "__main__":
    main()
