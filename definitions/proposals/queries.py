from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from definitions.texts.models import Text
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round, Step
from workshop.sessions.queries import result_round, source_of

from .models import Option, Proposal
from .paging import pages
from .voting import RULES, Result

SHOWN_IN_RESULT = 5


# Proposals


def revealed_proposals(round_: Round) -> QuerySet[Proposal]:
    """What the room may see: nothing before the reveal; afterwards what was sent and not hidden."""
    if not round_.is_revealed:
        return Proposal.objects.none()
    return round_.proposals.filter(state=Proposal.State.SENT).select_related("text", "participant")


def proposal_pages(round_: Round) -> int:
    return len(pages(_lengths(round_)))


def page_of_proposals(round_: Round) -> list[tuple[int, Proposal]]:
    """What the screen shows now, each with its number among all."""
    proposals = list(revealed_proposals(round_))
    ranges = pages([proposal.text.words if proposal.text else 0 for proposal in proposals])
    shown = ranges[min(round_.page, len(ranges)) - 1] if ranges else range(0)
    return [(index + 1, proposals[index]) for index in shown]


def _lengths(round_: Round) -> list[int]:
    return list(revealed_proposals(round_).values_list("text__words", flat=True))


def for_a_look(round_: Round) -> QuerySet[Proposal]:
    """Look first: once closed, the desk sees the texts without names."""
    if round_.is_open or not round_.step.setting("look_first"):
        return Proposal.objects.none()
    return round_.proposals.filter(text__isnull=False).select_related("text")


def on_the_desk(round_: Round) -> QuerySet[Proposal]:
    """What the facilitator can hide, bring back or admit."""
    if round_.is_revealed:
        return round_.proposals.filter(text__isnull=False).select_related("text")
    return for_a_look(round_)


def sent_count(round_: Round) -> int:
    return round_.proposals.filter(text__isnull=False).count()


def my_proposals(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    return {
        proposal.participant_id: {
            "id": str(proposal.pk),
            "sent": proposal.text.body if proposal.text else "",
            "unsent": proposal.unsent,
            "state": proposal.state,
            "sent_at": proposal.sent_at.isoformat() if proposal.sent_at else None,
            "typed": proposal.entered_by_id is not None,
        }
        for proposal in round_.proposals.filter(participant_id__in=participant_ids).select_related("text")
    }


def proposals_report(round_: Round) -> dict[str, Any]:
    return {
        "proposals": [
            {
                "id": str(proposal.pk),
                "text": str(proposal.text),
                "words": proposal.text.words,
                "seat": None if round_.step.session.anonymous else proposal.participant.seat,
            }
            for proposal in revealed_proposals(round_)
            if proposal.text
        ]
    }


def proposals_so_far(round_: Round) -> str:
    count = revealed_proposals(round_).count()
    return ngettext("%(n)d sentence was read.", "%(n)d sentences were read.", count) % {"n": count} if count else ""


# Votes


@dataclass(frozen=True)
class Placed:
    """An option with its support, at its place in the result."""

    option: Option
    support: int
    leads: bool


def options_of(round_: Round) -> QuerySet[Option]:
    """What can be voted for. A sentence that is hidden after the vote has opened is taken out of it."""
    return round_.options.exclude(proposal__state=Proposal.State.HIDDEN).select_related("text")


def result_of(round_: Round) -> Result | None:
    """Counted only once revealed: before that no tally exists anywhere."""
    if not round_.is_revealed:
        return None
    options = list(options_of(round_))
    ballots = (frozenset(choices) for choices in round_.ballots.values_list("choices", flat=True))
    hands = {option.pk: option.hands for option in options}
    return RULES["approval"]([option.pk for option in options], ballots, hands)


def placed(round_: Round, result: Result | None = None) -> list[Placed]:
    result = result or result_of(round_)
    if result is None:
        return []
    options = {option.pk: option for option in options_of(round_)}
    leaders = leaders_of(round_, result)
    return [Placed(options[pk], support, pk in leaders) for pk, support in result.tally]


def leaders_of(round_: Round, result: Result | None = None) -> tuple[int, ...]:
    """The options with the most support. A run-off in which nobody voted leaves level what was level before it."""
    result = result or result_of(round_)
    if result is None:
        return ()
    if not result.leaders and is_run_off(round_):
        return tuple(option for option, _support in result.tally)
    return result.leaders


def is_run_off(round_: Round) -> bool:
    """A later round between just those that were level in the one before it."""
    if round_.number == 1:
        return False
    earlier = round_.step.rounds.get(number=round_.number - 1)
    level = leaders_of(earlier)
    if len(level) < 2:
        return False
    texts = set(earlier.options.filter(pk__in=level).values_list("text_id", flat=True))
    return texts == set(round_.options.values_list("text_id", flat=True))


def is_tied(round_: Round) -> bool:
    return len(leaders_of(round_)) > 1 and not hasattr(round_, "verdict")


def my_ballots(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """Own choices while they can change; after a secret vote has closed only that one has voted is known."""
    rolls = round_.rolls.filter(participant_id__in=participant_ids).select_related("ballot")
    return {
        roll.participant_id: {"voted": True, "choices": roll.ballot.choices if roll.ballot else None} for roll in rolls
    }


def vote_so_far(round_: Round) -> str:
    chosen = [option.text.body for option in options_of(round_).filter(chosen=True)] if round_.is_revealed else []
    return _("The vote chose: %(text)s") % {"text": " / ".join(chosen)} if chosen else ""


def vote_report(round_: Round) -> dict[str, Any]:
    result = result_of(round_)
    verdict = getattr(round_, "verdict", None)
    return {
        "rule": "approval",
        "ballots": result.ballots if result else 0,
        "result": [
            {
                "text": entry.option.text.body,
                "proposal": str(entry.option.proposal_id) if entry.option.proposal_id else None,
                "support": entry.support,
                "hands": entry.option.hands,
                "chosen": entry.option.chosen,
            }
            for entry in placed(round_)
        ],
        "verdict": {"how": verdict.how, "reason": verdict.reason} if verdict else None,
    }


# What later steps build on


@dataclass(frozen=True)
class Chosen:
    """A text that a later step starts from, and the seat of who wrote it."""

    text: Text
    seat: int


def candidates(step: Step) -> list[Proposal]:
    """Every revealed sentence of the meeting before this step: all of them stay at hand."""
    found: list[Proposal] = []
    for earlier in step.session.steps.filter(position__lt=step.position, kind="propose"):
        if round_ := result_round(earlier):
            found += revealed_proposals(round_)
    return found


def wordings(proposals: Iterable[Proposal]) -> list[tuple[Text, Proposal]]:
    """Each wording once, with the first proposal that has it."""
    once: dict[str, tuple[Text, Proposal]] = {}
    for proposal in proposals:
        if proposal.text is not None:
            once.setdefault(proposal.text.body, (proposal.text, proposal))
    return list(once.values())


def chosen_for(step: Step) -> list[Chosen]:
    """The texts that a step starts from: what the vote chose, or the one sentence there is."""
    source = source_of(step)
    round_ = result_round(source) if source else None
    if source is None or round_ is None:
        return []
    if source.kind == "vote":
        options = options_of(round_).filter(chosen=True).select_related("proposal__participant")
        return [Chosen(option.text, option.proposal.participant.seat if option.proposal else 0) for option in options]
    found = wordings(revealed_proposals(round_))
    return [Chosen(text, proposal.participant.seat) for text, proposal in found] if len(found) == 1 else []
