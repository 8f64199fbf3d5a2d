"""What is deleted once it has been kept for long enough. What a room agreed on is never among it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from definitions.proposals.models import Proposal
from workshop.accounts.models import SignInLink
from workshop.rehearsal.commands import forget_rehearsal
from workshop.sessions.models import Capability, Client, Device, Participant, WorkshopSession

from .erasing import erase


@dataclass(frozen=True)
class Terms:
    """Days; 0: never. A meeting's days begin when it ended, or, if it never did, when it was last begun."""

    rehearsals: int
    traces: int  # phones, tabs and what was typed and never sent
    people: int  # names and texts: everyone is erased, and what the room agreed on stays


@dataclass(frozen=True)
class Overdue:
    what: str
    count: int
    let_go: Callable[[], object]


def overdue(terms: Terms, now: datetime) -> list[Overdue]:
    """All that has been kept for long enough, each with the way to delete it."""
    return [
        _rows("sign-in links that are spent or too old", SignInLink.objects.filter(expires_at__lt=now)),
        _rows("sign-ins that have run out", Session.objects.filter(expire_date__lt=now)),
        _rows(
            "move codes that have run out",
            Capability.objects.filter(scope=Capability.Scope.MOVE_DEVICE, expires_at__lt=now),
        ),
        *(_rehearsals(now - timedelta(days=terms.rehearsals)) if terms.rehearsals else []),
        *(_traces(now - timedelta(days=terms.traces)) if terms.traces else []),
        *(_people(now - timedelta(days=terms.people)) if terms.people else []),
    ]


def _over(before: datetime, *, rehearsal: bool) -> QuerySet[WorkshopSession]:
    since = Coalesce("ended_at", "started_at", "created_at")
    return WorkshopSession.objects.alias(since=since).filter(since__lt=before, rehearsal=rehearsal)


def _rows(what: str, rows: QuerySet) -> Overdue:  # type: ignore[type-arg]
    return Overdue(what, rows.count(), rows.delete)


def _rehearsals(before: datetime) -> list[Overdue]:
    sessions = list(_over(before, rehearsal=True).select_related("owner"))

    def forget() -> None:
        for session in sessions:
            forget_rehearsal(session, actor=session.owner)

    return [Overdue("rehearsals", len(sessions), forget)]


def _traces(before: datetime) -> list[Overdue]:
    sessions = _over(before, rehearsal=False).values("pk")
    people = Participant.objects.filter(session__in=sessions)
    seen = people.exclude(last_seen_at=None)
    unsent = Proposal.objects.filter(participant__in=people).exclude(unsent="")
    return [
        _rows("phones of meetings that are over", Device.objects.filter(session__in=sessions)),
        _rows("tabs of meetings that are over", Client.objects.filter(participant__in=people)),
        Overdue("times at which somebody was last seen", seen.count(), lambda: seen.update(last_seen_at=None)),
        Overdue("texts that were never sent", unsent.count(), lambda: unsent.update(unsent="")),
    ]


def _people(before: datetime) -> list[Overdue]:
    sessions = _over(before, rehearsal=False).values("pk")
    people = list(Participant.objects.filter(session__in=sessions, erased_at=None).select_related("session__owner"))

    def erase_all() -> None:
        for person in people:
            erase(person.session, actor=person.session.owner, participant=person)

    return [Overdue("people, with their names and texts", len(people), erase_all)]
