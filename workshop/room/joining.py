"""People who join at the same time share a transaction: a department that scans the code costs a few commits.

All of a process take their turn here, those of other meetings too: on SQLite, which has one writer, whoever finds
another one writing would sleep and try again.
"""

from collections.abc import Sequence
from typing import NamedTuple

from workshop.sessions.commands import people
from workshop.sessions.commands.people import Comer
from workshop.sessions.models import Participant, WorkshopSession

from .together import Together

Seated = tuple[Participant, str]


class Asked(NamedTuple):
    session: WorkshopSession
    comer: Comer


def meeting_at(code: str) -> WorkshopSession | None:
    """The meeting that has this code now, read once for all who ask meanwhile."""
    return _lookups.ask(code, None)


def join(session: WorkshopSession, *, name: str, rehearsing: str) -> Seated:
    """people.join(), and back once it is committed."""
    answer = _joins.ask("join", Asked(session, Comer(name, rehearsing)))
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _look_up(code: str, asked: Sequence[None]) -> list[WorkshopSession | None]:
    return [WorkshopSession.objects.filter(code=code, ended_at__isnull=True).first()] * len(asked)


def _seat_all(_key: str, asked: Sequence[Asked]) -> list[Seated | Exception]:
    comers: dict[WorkshopSession, list[int]] = {}
    for place, one in enumerate(asked):
        comers.setdefault(one.session, []).append(place)
    answers: dict[int, Seated | Exception] = {}
    for session, places in comers.items():
        answers |= zip(places, _seat(session, [asked[place].comer for place in places]), strict=True)
    return [answers[place] for place in range(len(asked))]


def _seat(session: WorkshopSession, comers: Sequence[Comer]) -> Sequence[Seated | Exception]:
    try:
        return people.join_together(session, comers)
    except Exception as error:  # of this meeting; those of another have nothing to do with it
        return [error] * len(comers)


_lookups: Together[str, None, WorkshopSession | None] = Together(_look_up)
_joins: Together[str, Asked, Seated | Exception] = Together(_seat_all)
