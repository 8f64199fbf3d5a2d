"""python -m tests.mutants [WORDS …]: put each bug into a copy of the program, and see a test fail.

WORDS choose the bugs in whose names they stand. Exits with 1 if a bug goes unnoticed.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import copy2

from tests.mutants.bug import Bug
from tests.mutants.bugs import BUGS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 600  # seconds for the tests of one bug
FAILED = 1  # pytest's exit code for tests that ran and failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*")
    chosen = [bug for bug in BUGS if all(word in bug.name for word in parser.parse_args().words)]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy_of(ROOT, Path(folder))
        for bug in chosen:
            began = time.monotonic()
            noticed, how = try_out(bug, Path(folder))
            unnoticed += not noticed
            print(f"{'noticed' if noticed else 'NOT NOTICED':12} {time.monotonic() - began:5.0f} s  {bug.name}: {how}")
    print(f"{len(chosen) - unnoticed} of {len(chosen)} bugs were noticed.")
    return 1 if unnoticed or not chosen else 0


def copy_of(source: Path, folder: Path) -> None:
    """What git knows, or would."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=source, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (source / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(source / name, folder / name)


def try_out(bug: Bug, folder: Path) -> tuple[bool, str]:
    file = folder / bug.file
    sound = file.read_text()
    file.write_text(sound.replace(bug.sound, bug.broken))
    try:
        return outcome_of(bug, folder)
    finally:
        file.write_text(sound)


def outcome_of(bug: Bug, folder: Path) -> tuple[bool, str]:
    """Whether a test failed, and which. A program that does not start at all is no bug that a test has noticed."""
    paths, _k, wanted = bug.tests.partition(" -k ")
    arguments = [*shlex.split(paths), *(["-k", wanted] if wanted else [])]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--tb=no", *arguments]
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return False, f"its tests were not through after {LONGEST} s"
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    if run.returncode == FAILED and failed:
        return True, failed[0].removeprefix("FAILED ").partition(" - ")[0].rpartition("/")[2]
    return False, (run.stdout.strip().splitlines() or run.stderr.strip().splitlines() or ["no word"])[-1]


if __name__ == "__main__":
    sys.exit(main())
