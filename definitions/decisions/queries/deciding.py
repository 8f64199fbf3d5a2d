"""How far the room agrees, what stands against it, and where in the text."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from definitions.drafting.models import Draft
from definitions.drafting.queries import body_at, draft_of, read_rows
from definitions.proposals.queries import chosen_for
from definitions.texts.tokens import pieces, spans_of, tokens, words_in
from workshop.plain_text import clean
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round, Step
from workshop.sessions.queries import source_of

from ..models import Decision, Objection
from ..rules import SIDES, Level, Outcome, outcome
from ..wording import LEVELS, REASONS


def decision_of(round_: Round) -> Decision | None:
    return Decision.objects.select_related("round__step", "draft").filter(round=round_).first()


def text_to_decide(step: Step) -> tuple[str, Draft | None]:
    """The text that a step works on, clean, and the draft that it is of."""
    source = source_of(step)
    if source is not None and (draft := draft_of(source)) is not None:
        return clean(draft.body, lines=True), draft
    return "\n".join(chosen.text.body for chosen in chosen_for(step)), None


def has_a_draft(step: Step) -> bool:
    """In one query, for whoever only asks whether there is something to decide on."""
    return (
        step.source_id is None
        and Draft.objects.filter(step__session=step.session_id, step__position__lt=step.position)
        .exclude(body="")
        .exists()
    )


def is_overtaken(round_: Round) -> bool:
    """The text has changed since this round pinned it."""
    decision = decision_of(round_)
    return decision is not None and text_to_decide(round_.step)[0] != decision.body


def my_stances(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """Each one's own answer, with the words of the sentence that they marked, by number."""
    decision = decision_of(round_)
    if decision is None:
        return {}
    found = tokens(decision.body)
    reserves = {row.participant_id: row for row in round_.objections.filter(participant_id__in=participant_ids)}
    answers = {}
    for stance in round_.stances.filter(participant_id__in=participant_ids):
        own = reserves.get(stance.participant_id)
        answers[stance.participant_id] = {
            "level": stance.level,
            "reason": own.reason if own else "",
            "words": sorted(words_in(found, own.spans)) if own else [],
            "says": own.words if own else "",
            "consent": own.consent if own else False,
        }
    return answers


# After the reveal: before it no tally exists anywhere


def outcome_of(decision: Decision) -> Outcome | None:
    if not decision.round.is_revealed:
        return None
    stances = Counter(decision.round.stances.values_list("level", flat=True))
    return outcome(
        decision.scale,
        stances,
        decision.hands,
        present=decision.present,
        threshold=decision.threshold,
        turnout=decision.turnout,
    )


@dataclass(frozen=True)
class Row:
    """One level of the scale in the result. `place` is how many bars of its gauge are full."""

    level: Level
    place: int
    name: Any
    adds: Any
    count: int = 0
    hands: int = 0


def rows_of(decision: Decision, result: Outcome | None = None) -> list[Row]:
    """The scale, the most willing first; with counts once there is a result that may be told in full."""
    full = result if result is not None and not result.coarse else None
    last = len(decision.levels) - 1
    return [
        Row(
            level,
            last - number,
            *LEVELS[level.slug],
            count=full.counts[level.slug] if full else 0,
            hands=decision.hands.get(level.slug, 0),
        )
        for number, level in enumerate(decision.levels)
    ]


@dataclass(frozen=True)
class Pin:
    """A reservation at its words, without its person; equal ones that say nothing more of their own are one."""

    number: int
    reason: Any
    says: str
    quotation: str
    spans: list[list[int]]
    count: int
    settled: int

    @property
    def is_settled(self) -> bool:
        return self.settled == self.count


def pins_of(decision: Decision) -> list[Pin]:
    if not decision.round.is_revealed:
        return []
    together: dict[Any, list[Objection]] = {}
    for row in sorted(decision.round.objections.all(), key=lambda row: row.place):
        alone = str(row.pk) if row.words else ""
        together.setdefault((str(row.spans), row.reason, alone), []).append(row)
    return [
        Pin(
            number,
            REASONS[rows[0].reason],
            rows[0].words,
            rows[0].quotation,
            rows[0].spans,
            len(rows),
            sum(row.settled_at is not None for row in rows),
        )
        for number, rows in enumerate(together.values(), start=1)
    ]


@dataclass(frozen=True)
class Part:
    """A stretch of the sentence: in doubt or not, with the pins that stand at its end."""

    text: str
    doubted: bool
    pins: tuple[int, ...]


def pinned(body: str, pins: Iterable[Pin]) -> list[Part]:
    """The whole sentence in parts. A blank is in doubt where the words on both its sides are, for one reservation."""
    found = tokens(body)
    marked = [(pin.number, words_in(found, pin.spans)) for pin in pins]
    ends: dict[int, list[int]] = {}
    for number, words in marked:
        if words:
            ends.setdefault(max(words), []).append(number)
    parts: list[Part] = []
    text, doubt, word = "", False, -1
    for piece in pieces(body):
        word = word if piece.word is None else piece.word
        near = {word, word + 1} if piece.word is None else {word}
        here = any(near <= words for _number, words in marked)
        if text and here != doubt:
            parts.append(Part(text, doubt, ()))
            text = ""
        text, doubt = text + piece.text, here
        if piece.word is not None and word in ends:
            parts.append(Part(text, doubt, tuple(ends[word])))
            text = ""
    return [*parts, Part(text, doubt, ())] if text else parts


def settled_count(decision: Decision) -> int:
    return decision.round.objections.filter(settled_at__isnull=False).count()


# In the draft, while it is mended


@dataclass(frozen=True)
class Place:
    """A reservation in the draft as it is at `version`: where its words stand; nowhere once they are all gone."""

    pin: Pin
    spans: list[tuple[int, int]]


def last_decision(step: Step) -> Decision | None:
    """The newest that was revealed of the draft of a step."""
    revealed = Decision.objects.filter(draft__step=step, round__revealed_at__isnull=False)
    return revealed.select_related("round").order_by("round__revealed_at", "pk").last()


def places(draft: Draft, step: Step) -> list[Place]:
    """What the room objected to in this draft, at the words as they stand by now."""
    decision = last_decision(step)
    if decision is None or decision.draft_version is None:
        return []
    pins = pins_of(decision)
    if not pins:
        return []
    found, raw = tokens(decision.body), tokens(body_at(draft, decision.draft_version))
    rows = read_rows(draft, decision.draft_version, draft.version)
    placed = []
    for pin in pins:
        # The decision's text is the draft's without blanks that nobody sees: the words are the same, by number.
        words = words_in(found, pin.spans)
        spans: list[tuple[int, int]] = []
        for start, end in spans_of(raw, words) if len(found) == len(raw) else []:
            span: tuple[int, int] | None = (start, end)
            for row in rows:
                span = row.changes.map_span(*span) if span else None
            if span and span[0] < span[1]:
                spans.append(span)
        placed.append(Place(pin, spans))
    return placed


def to_settle(step: Step, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """Each one's own reservation in the newest decision on the draft of a step, for their eyes only."""
    decision = last_decision(step)
    if decision is None:
        return {}
    return {
        row.participant_id or 0: {
            "id": str(row.pk),
            "quotation": row.quotation,
            "reason": str(REASONS[row.reason]),
            "says": row.words,
            "settled": row.settled_at is not None,
        }
        for row in decision.round.objections.filter(participant_id__in=participant_ids)
    }


# For latecomers, and for the record


def decide_so_far(round_: Round) -> str:
    decision = decision_of(round_)
    result = outcome_of(decision) if decision is not None else None
    return in_short(result) if result is not None else ""


def in_short(result: Outcome) -> str:
    """The result as a small group may read it: who carries it, who does not yet."""
    return in_words({side: result.on_side(side) for side in SIDES})


def in_words(sides: Mapping[str, int]) -> str:
    supporters, aside, against = (sides[side] for side in SIDES)
    if not any(sides.values()):
        return _("Nobody has said how far they agree.")
    parts = [
        ngettext("%(n)d supports it", "%(n)d support it", supporters) % {"n": supporters},
        ngettext("%(n)d not yet", "%(n)d not yet", against) % {"n": against} if against else "",
        ngettext("%(n)d stands aside", "%(n)d stand aside", aside) % {"n": aside} if aside else "",
    ]
    return ", ".join(part for part in parts if part) + "."


def decide_report(round_: Round) -> dict[str, Any] | None:
    decision = decision_of(round_)
    result = outcome_of(decision) if decision is not None else None
    if decision is None or result is None:
        return None
    objections = sorted(round_.objections.all(), key=lambda row: row.place)
    settled = sum(row.settled_at is not None for row in objections)
    return {
        "decision": {
            "text": decision.body,
            "version": decision.draft_version,
            "scale": int(decision.scale),
            "threshold": decision.threshold,
            "turnout": decision.turnout,
            "people": result.present,
            "answers": result.answers,
            "hands": result.hands,
            "sides": {side: result.on_side(side) for side in SIDES},
            # With few answers a level could be guessed back to its person.
            "levels": [
                {"level": row.level.slug, "count": row.count, "hands": row.hands} for row in rows_of(decision, result)
            ]
            if not result.coarse
            else [],
            "needed": result.needed,
            "answers_needed": result.answers_needed,
            "reached": result.reached,
            "ending": result.ending(settled),
            "reservations": len(objections),
            "settled": settled,
            "objections": [
                {
                    "quotation": row.quotation,
                    "spans": row.spans,
                    "reason": row.reason,
                    "words": row.words,
                    "settled": row.settled_at is not None,
                }
                for row in objections
                if row.consent
            ],
        }
    }
