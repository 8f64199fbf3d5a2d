import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.proposals.voting import RULES, Result, approval

A, B, C = 1, 2, 3


def ballots(*marks: set[int]) -> list[frozenset[int]]:
    return [frozenset(each) for each in marks]


@pytest.mark.parametrize(
    ("cast", "hands", "tally", "leaders"),
    [
        ([], {}, [(A, 0), (B, 0), (C, 0)], ()),
        ([set(), set()], {}, [(A, 0), (B, 0), (C, 0)], ()),  # two who came, and marked nothing
        ([{B}], {}, [(B, 1), (A, 0), (C, 0)], (B,)),
        ([{A}, {B, C}, {C}], {}, [(C, 2), (A, 1), (B, 1)], (C,)),
        ([{A, B}, {A, B}, {C}], {}, [(A, 2), (B, 2), (C, 1)], (A, B)),
        ([{A, B, C}], {}, [(A, 1), (B, 1), (C, 1)], (A, B, C)),
        ([{A}], {B: 2}, [(B, 2), (A, 1), (C, 0)], (B,)),
        ([{B}], {B: 1, A: 1}, [(B, 2), (A, 1), (C, 0)], (B,)),
        ([], {C: 4}, [(C, 4), (A, 0), (B, 0)], (C,)),
        ([{99, A}], {98: 9}, [(A, 1), (B, 0), (C, 0)], (A,)),  # what is no option counts for nothing
    ],
)
def test_the_most_marks_lead_and_more_than_one_leader_is_a_tie(
    cast: list[set[int]], hands: dict[int, int], tally: list[tuple[int, int]], leaders: tuple[int, ...]
) -> None:
    result = approval([A, B, C], ballots(*cast), hands)
    assert (list(result.tally), result.leaders, result.ballots) == (tally, leaders, len(cast))


@pytest.mark.parametrize(("hands", "counted"), [({}, 0), ({A: 2, B: 3}, 3), ({A: 0}, 0)])
def test_hands_are_known_apart_from_ballots(hands: dict[int, int], counted: int) -> None:
    result = approval([A, B], ballots({A}), hands)
    assert (result.hands, result.ballots) == (counted, 1)


def test_there_is_nothing_to_lead_without_options() -> None:
    assert approval([], ballots({A}), {}) == Result((), 1, 0)
    assert approval([], [], {}).leaders == ()


def test_an_option_that_is_named_twice_is_one_option() -> None:
    assert approval([B, A, B], ballots({B}), {}).tally == ((B, 1), (A, 0))


def test_a_step_names_its_rule() -> None:
    assert [*RULES.items()] == [("approval", approval)]


OPTIONS = [A, B, C, 4, 5]
CAST = st.lists(st.frozensets(st.sampled_from([*OPTIONS, 99])), max_size=12)
HANDS = st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 5))


@given(cast=CAST, hands=HANDS)
def test_every_mark_is_counted_once_and_the_tally_falls(cast: list[frozenset[int]], hands: dict[int, int]) -> None:
    result = approval(OPTIONS, cast, hands)
    assert sum(support for _option, support in result.tally) == sum(len(b - {99}) for b in cast) + sum(hands.values())
    assert sorted(option for option, _support in result.tally) == OPTIONS
    supports = [support for _option, support in result.tally]
    assert supports == sorted(supports, reverse=True)
    equal_ones = [[option for option, support in result.tally if support == each] for each in set(supports)]
    assert all(group == sorted(group) for group in equal_ones)  # in the order they were given


@given(cast=CAST, hands=HANDS, data=st.data())
def test_nobody_s_ballot_weighs_more_and_no_order_matters(
    cast: list[frozenset[int]], hands: dict[int, int], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(cast))
    assert approval(OPTIONS, shuffled, hands) == approval(OPTIONS, cast, hands)


@given(cast=CAST, hands=HANDS, more=st.sampled_from(OPTIONS))
def test_a_mark_more_never_harms_whom_it_is_for(cast: list[frozenset[int]], hands: dict[int, int], more: int) -> None:
    before, after = (approval(OPTIONS, each, hands) for each in (cast, [*cast, frozenset({more})]))
    if more in before.leaders:
        assert after.leaders == (more,)
    else:
        assert set(after.leaders) - {more} <= set(before.leaders)
    assert dict(after.tally) == {**dict(before.tally), more: dict(before.tally)[more] + 1}


@given(cast=CAST, hands=HANDS)
def test_leaders_are_exactly_those_with_the_most_support(cast: list[frozenset[int]], hands: dict[int, int]) -> None:
    result = approval(OPTIONS, cast, hands)
    most = max(support for _option, support in result.tally)
    expected = {option for option, support in result.tally if support == most and most}
    assert set(result.leaders) == expected
