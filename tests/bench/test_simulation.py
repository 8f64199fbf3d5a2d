"""The simulation against what queues are known to do."""

from dataclasses import replace

import pytest

from bench.simulation import SCALING, Cluster, Costs, Load, of_a_vote, simulate, smallest_cluster, with_table

COSTS = Costs(act=0.002, draw=0.0, hint=0.0, idle_phone=0.0, database=0.0005)
LOAD = Load(rooms=60, acts_a_minute=30)  # 300 acts a second


def test_a_process_is_as_busy_as_its_work() -> None:
    assert simulate(LOAD, Cluster(1, 4), COSTS).busiest == pytest.approx(0.6, rel=0.1)
    assert simulate(LOAD, Cluster(2, 4), COSTS).busiest == pytest.approx(0.3, rel=0.15)


def test_waiting_grows_as_in_a_queue_with_one_server() -> None:
    """M/D/1 at 60 %: the mean wait is 0.6 / (2 × 0.4) services, and p95 stays within a few."""
    calm = simulate(LOAD, Cluster(1, 4), COSTS).p95_ms
    full = simulate(replace(LOAD, rooms=98), Cluster(1, 4), COSTS).p95_ms
    assert 2 < calm < 12
    assert full > 4 * calm


def test_more_than_a_core_can_do_falls_behind() -> None:
    seen = simulate(replace(LOAD, rooms=200), Cluster(1, 4), COSTS)
    assert seen.busiest > 1.5
    assert seen.p95_ms > 1000


def test_hints_to_everyone_are_work_that_no_further_process_takes_away() -> None:
    costs = replace(COSTS, hint=0.001)
    many = replace(LOAD, rooms=300)
    assert simulate(many, Cluster(64, 4), costs).hint_share == pytest.approx(1.5)
    assert smallest_cluster(many, costs, sharded=False, most=64) is None
    assert smallest_cluster(many, costs, sharded=True, most=64) is not None


def test_the_drawing_for_others_counts_for_each_process_that_has_phones() -> None:
    costs = replace(COSTS, draw=0.001)
    without, with_others = (simulate(LOAD, Cluster(4, 4), one).busiest for one in (COSTS, costs))
    # Nine other phones on four processes: 2.77 of the other three have one.
    assert with_others / without == pytest.approx(1 + 2.77 / 2, rel=0.1)


def test_a_vote_is_drawn_in_each_process_that_has_phones_of_its_room() -> None:
    costs = replace(COSTS, draw=0.001, hint=0.0001)
    assert of_a_vote(costs, 1, together=False) == pytest.approx(0.002)
    # Of four processes 3.77 have one of ten phones.
    assert of_a_vote(costs, 4, together=False) == pytest.approx(0.002 + 2.775 * 0.001, rel=0.001)
    assert of_a_vote(costs, 4, together=True) == pytest.approx(0.002)


def test_the_table_of_the_document_is_written_anew_and_nothing_else() -> None:
    text = SCALING.read_text()
    once = with_table(text, "| a table |")
    assert "| rooms of ten |" in text
    assert ("| rooms of ten |" in once, once.count("| a table |")) == (False, 1)
    assert with_table(once, "| another |").count("| a table |") == 0
    assert once.endswith(text[-500:])
    assert once.startswith(text[:500])
