"""Reading a meeting: where it stands, who is here, what the agenda says."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language

from workshop.accounts.models import User

from .agendas import Act, Position, next_act
from .kinds import Kind
from .models import Capability, Done, Participant, Round, Step, WorkshopSession

Found = TypeVar("Found")


def meetings_of(user: User) -> QuerySet[WorkshopSession]:
    return WorkshopSession.objects.filter(Q(owner=user) | Q(memberships__user=user)).distinct().order_by("-created_at")


def colleagues_out(user: User) -> WorkshopSession | None:
    """The rehearsal of theirs that has simulated colleagues in it, alive a moment ago."""
    out = Capability.objects.filter(
        scope=Capability.Scope.REHEARSE, session__owner=user, revoked_at=None, expires_at__gt=timezone.now()
    )
    lease = out.select_related("session").first()
    return lease.session if lease else None


def rehearsed_by_colleagues(session: WorkshopSession) -> bool:
    """Whether they are in it and nobody has called them back: no clock, so that panels can show it."""
    return session.rehearsal and session.capabilities.filter(scope=Capability.Scope.REHEARSE, revoked_at=None).exists()


def current_round(session: WorkshopSession) -> Round | None:
    """The newest round of the step that the room looks at."""
    step = session.current_step
    if step is None:
        return None
    step.session = session  # known here; whoever goes on from the round need not read them again
    return step.rounds.last()


def round_of(session: WorkshopSession, round_id: int) -> Round | None:
    return Round.objects.select_related("step").filter(pk=round_id, step__session=session).first()


def result_round(step: Step) -> Round | None:
    """The round that a later step builds on: the newest revealed one, or the newest where nothing is hidden."""
    rounds = [round_ for round_ in step.rounds.all() if round_.is_revealed or not step.of_kind.reveals]
    return rounds[-1] if rounds else None


def source_of(step: Step) -> Step | None:
    """The earlier step that this one starts from: the one it names, else the nearest of a kind that fits."""
    if step.source is not None:
        return step.source
    earlier = step.session.steps.filter(position__lt=step.position, kind__in=step.of_kind.sources)
    found = earlier.reverse().prefetch_related("rounds")
    return next((candidate for candidate in found if result_round(candidate) is not None), None)


def here(session: WorkshopSession) -> QuerySet[Participant]:
    return session.participants.filter(left_at__isnull=True, removed_at__isnull=True)


@dataclass
class Scene:
    """A meeting at one moment: what every panel is drawn from. Read once per drawing, never kept."""

    session: WorkshopSession
    step: Step | None
    round: Round | None
    _found: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, session: WorkshopSession) -> Scene:
        return cls(session, session.current_step, current_round(session))

    def once(self, read: Callable[[Scene], Found]) -> Found:
        """What `read` finds, for all views that are drawn of this moment in the same language."""
        key = read, get_language()
        if key not in self._found:
            self._found[key] = read(self)
        return cast(Found, self._found[key])

    @property
    def kind(self) -> Kind | None:
        return self.step.of_kind if self.step else None

    @cached_property
    def steps(self) -> list[Step]:
        return list(self.session.steps.all())

    @cached_property
    def _steps_before(self) -> list[Step]:
        return [step for step in self.steps if self.step and step.position < self.step.position]

    @cached_property
    def earlier_steps(self) -> list[Step]:
        """The nearest first, with their rounds."""
        earlier = self._steps_before
        prefetch_related_objects(earlier, "rounds")
        return earlier[::-1]

    @cached_property
    def people(self) -> list[Participant]:
        """Who counts: neither left nor removed."""
        return list(here(self.session))

    @cached_property
    def done_ids(self) -> set[int]:
        if self.round is None:
            return set()
        return set(Done.objects.filter(round=self.round).values_list("participant_id", flat=True))

    @cached_property
    def _is_here(self) -> dict[int, bool]:
        """Of everyone who was not removed, whether they have not left either."""
        people = self.session.participants.filter(removed_at__isnull=True).order_by()
        return {pk: left_at is None for pk, left_at in people.values_list("pk", "left_at")}

    @cached_property
    def admitted_ids(self) -> set[int]:
        return set(self._is_here)

    @cached_property
    def present_ids(self) -> set[int]:
        return {pk for pk, is_here in self._is_here.items() if is_here}

    @property
    def done(self) -> int:
        return len(self.present_ids & self.done_ids)

    @property
    def present(self) -> int:
        return len(self.present_ids)

    @cached_property
    def pages(self) -> int:
        if self.kind is None or self.round is None or (self.kind.reveals and not self.round.is_revealed):
            return 1
        return max(1, self.kind.pages(self.round))

    @property
    def later_steps(self) -> list[Step]:
        return [step for step in self.steps if self.step and step.position > self.step.position]

    @cached_property
    def next_step(self) -> Step | None:
        """Where *Next* goes: past the steps that have nothing to work on."""
        later = self.later_steps
        return next((step for step in later if step.of_kind.fits(step)), later[-1] if later else None)

    @property
    def previous_step(self) -> Step | None:
        return self._steps_before[-1] if self._steps_before else None

    @cached_property
    def position(self) -> Position:
        round_, kind = self.round, self.kind
        return Position(
            started=self.session.started_at is not None,
            ended=self.session.ended_at is not None,
            reveals=kind.reveals if kind else False,
            closed=round_ is not None and not round_.is_open,
            revealed=round_ is not None and round_.is_revealed,
            page=round_.page if round_ else 1,
            pages=self.pages,
            has_next_step=bool(self.later_steps),
            seals=kind is not None and kind.seals,
        )

    @property
    def act(self) -> Act:
        return next_act(self.position)

    @property
    def standing(self) -> str:
        if self.round is None or self.step is None:
            return "before"
        closed, revealed = not self.round.is_open, self.round.is_revealed
        return f"{self.step.pk}.{self.round.pk}.{int(closed)}{int(revealed)}.{self.round.page}"


def taken_names(people: QuerySet[Participant]) -> list[str]:
    return list(people.exclude(name="").order_by().values_list("name", flat=True))
