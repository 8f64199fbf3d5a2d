"""The list of bugs stays true to the program: `make mutants` puts each in and sees it noticed, which takes an hour."""

import ast
from pathlib import Path

import pytest

from tests.mutants.bug import Bug
from tests.mutants.bugs import BUGS

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_can_be_put_in(bug: Bug) -> None:
    sound = (ROOT / bug.file).read_text()
    assert sound.count(bug.sound) == 1, f"{bug.file} has changed: bring tests/mutants up to it."
    ast.parse(sound.replace(bug.sound, bug.broken))
    assert [path for path in bug.tests.partition(" -")[0].split() if not (ROOT / path).exists()] == []


def test_there_are_enough_of_them_and_each_has_its_own_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 30
