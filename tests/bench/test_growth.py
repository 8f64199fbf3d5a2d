"""Whether something grows: a line too sure of itself cries wolf, and one that is not sure enough sees nothing."""

from dataclasses import replace
from random import Random

import pytest

from bench.soak.growth import (
    EMPTY,
    Process,
    Run,
    Sample,
    bytes_a_reconnect,
    figures,
    line,
    markdown,
    not_back,
    student,
    what_grew,
    with_full_pools,
)

NOBODY = dict.fromkeys(EMPTY, 0.0)
REST = Sample(0, 0, {7: Process(100_000_000, 16, 34)}, NOBODY)


def a_run(grows: float = 0, once: float = 0, minutes: float = 40, **more: object) -> Run:
    """`grows`: bytes a reconnect; `once`: bytes in the warm-up."""
    rng = Random(1)
    samples = []
    for second in range(0, int(minutes * 60), 5):
        reconnects = second * 260 // 60
        hill = 1_000_000 * ((second // 90) % 2) + rng.uniform(0, 300_000)  # a meeting goes on, or does not
        resident = 100_000_000 + hill + grows * reconnects + once * min(1, second / (minutes * 60 / 4))
        samples.append(Sample(second, reconnects, {7: Process(int(resident), 20, 60)}, {**NOBODY, "sockets": 40}))
    samples.append(replace(samples[-1], reconnects=int(minutes * 260)))
    return replace(Run("here", minutes, REST, samples, REST, {"meetings": 20}), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("freedom", "expected"), [(3, 3.182), (8, 2.306), (28, 2.048), (1000, 1.962)])
def test_the_quantiles_of_student(freedom: int, expected: float) -> None:
    assert student(freedom) == pytest.approx(expected, rel=0.01)


def test_a_line_is_found_with_its_interval() -> None:
    """Five points of y = 2x + 1, one of them off: by the textbook 2.0 ± 3.182 · 0.1633."""
    found = line([(0, 1), (1, 3), (2, 5 + 1), (3, 7), (4, 9)])
    assert found.slope == pytest.approx(2.0)
    assert found.slope - found.low == pytest.approx(3.182 * 0.16330, rel=0.01)


def test_too_few_samples_are_no_line() -> None:
    with pytest.raises(ValueError, match="too few"):
        line([(0, 1), (1, 2)])


def test_the_interval_holds_the_truth_where_neighbours_are_alike() -> None:
    """A walk that always comes back, without any slope: nineteen of twenty intervals are to hold 0, and most must."""
    rng, held = Random(3), 0
    for _time in range(100):
        at, points = 0.0, []
        for second in range(360):
            at = 0.8 * at + rng.gauss(0, 1)
            points.append((float(second), at))
        found = line(points)
        held += found.low <= 0 <= found.slope + found.margin
    assert held >= 85


def test_meetings_that_come_and_go_are_no_growth() -> None:
    assert what_grew(a_run()) == []


def test_what_fills_in_the_warm_up_is_no_growth() -> None:
    assert what_grew(a_run(once=20_000_000)) == []


@pytest.mark.parametrize("minutes", [3, 40])
def test_a_socket_kept_at_each_reconnect_is_growth(minutes: float) -> None:
    run = a_run(grows=20_000, minutes=minutes)
    assert bytes_a_reconnect(run).slope == pytest.approx(20_000, rel=0.1)
    (sentence,) = what_grew(run)
    assert "memory grows" in sentence


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (REST, []),
        (replace(REST, processes={7: Process(500_000_000, 15, 30)}), []),  # fewer is as good; memory has its own rule
        (replace(REST, stands={**NOBODY, "sockets": 1}), ["sockets is 1, not 0"]),
        (replace(REST, stands={**NOBODY, "drawings": 2}), ["drawings is 2, not 0"]),
        (replace(REST, processes={7: Process(1, 17, 34)}), ["process 7 has 17 threads; it was 16"]),
        (replace(REST, processes={7: Process(1, 16, 35)}), ["process 7 has 35 files open; it was 34"]),
        (replace(REST, processes={8: Process(1, 16, 34)}), ["a process has ended, or another one was started"]),
    ],
)
def test_back_to_rest(now: Sample, said: list[str]) -> None:
    assert not_back(REST, now) == said
    assert what_grew(a_run(last=now)) == said


def test_a_pool_may_fill_in_the_warm_up_and_not_later() -> None:
    """Of forty minutes the first ten."""

    def looks(starts_at: float) -> list[Sample]:
        """A thread more from that minute on."""
        return [
            Sample(60 * minute, 0, {7: Process(100_000_000, 16 + (minute >= starts_at), 60)}, NOBODY)
            for minute in range(40)
        ]

    for starts_at, threads in ((9, 17), (10, 16), (99, 16)):
        assert with_full_pools(REST, looks(starts_at), 40) == replace(
            REST, processes={7: Process(100_000_000, threads, 34)}
        )


def test_a_soak_that_did_too_little_shows_nothing() -> None:
    run = a_run(happened={"meetings": 1})
    run.samples[-1] = replace(run.samples[-1], reconnects=9_999)
    assert what_grew(run) == ["only 9,999 reconnects, of 10,000", "fewer than two meetings came to their end"]


def test_a_soak_that_looked_away_shows_nothing() -> None:
    assert what_grew(a_run(missed=24)) == []
    assert what_grew(a_run(missed=25)) == ["25 looks at the processes were not answered, and 481 were"]


def test_the_table_says_what_grew() -> None:
    when = {"date": "2026-01-02T03:04:05", "commit": "abc1234"}
    quiet, loud = figures(a_run(), when), figures(a_run(stack="there", grows=20_000), when)
    rows = [row.strip("| ").split(" | ") for row in markdown([quiet, loud]).splitlines()]
    assert rows[0] == ["here", "there"]
    assert ["measured", "2026-01-02, abc1234", "2026-01-02, abc1234"] in rows
    assert ["reconnects", "10,400", "10,400"] in rows
    assert rows[-1][1] == "**yes**"
    assert rows[-1][2].startswith("no: memory grows")
