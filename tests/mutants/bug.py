"""Bugs that this program could have, each as a small change of one file, and the tests that must notice.

Each stands for a promise of the program: its name says what somebody in the meeting would suffer from.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    name: str
    file: str
    sound: str
    """The code as it is. It stands in the file exactly once."""
    broken: str
    tests: str
    """What pytest is given."""
