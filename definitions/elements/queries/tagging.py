"""What is tagged, by whom, and what the room saw."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from definitions.proposals.queries import placed, revealed_proposals, wordings
from definitions.texts.models import Text
from definitions.texts.tokens import Piece, pieces, tokens, words_in
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round, Step
from workshop.sessions.queries import result_round, source_of

from ..heat import Heat, Said, heat_of, in_words
from ..models import Answer, Element
from ..sharing import share, texts_each
from .sets import elements_of

MOST_TEXTS = 3
BAR = 12  # parts of a bar under a word


def texts_for(step: Step) -> list[Text]:
    """What the room goes through: the three that had most support, or the first three where nobody voted."""
    source = source_of(step)
    round_ = result_round(source) if source else None
    if source is None or round_ is None:
        return []
    if source.kind == "vote" and (supported := [entry for entry in placed(round_) if entry.support]):
        return [entry.option.text for entry in supported[:MOST_TEXTS]]
    if source.kind == "vote":
        return [entry.option.text for entry in placed(round_)[:MOST_TEXTS]]
    return [text for text, _proposal in wordings(revealed_proposals(round_))[:MOST_TEXTS]]


def texts_of(round_: Round) -> list[Text]:
    return [row.text for row in round_.texts_to_tag.select_related("text")]


def reads(round_: Round, seat: int, *, texts: Sequence[int], elements: int) -> list[int]:
    """The texts of someone for whom nothing was settled at the opening: they came later."""
    each = texts_each(round_.step.minutes * 60, len(texts), elements)
    return [texts[number] for number in share(seat - 1, len(texts), each)]


def my_tags(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """For each their texts in their order, and what they have answered: text → element → {says, words}."""
    texts = texts_of(round_)
    found = {text.pk: tokens(text.body) for text in texts}
    elements = len(elements_of(round_.step.session))
    order: dict[int, list[int]] = defaultdict(list)
    answers: dict[int, dict[int, dict[int, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    readings = round_.readings.filter(participant__in=participant_ids)
    for pk, text in readings.values_list("participant", "text"):
        order[pk].append(text)
    given = Answer.objects.filter(reading__in=readings)
    for pk, text, element, says, spans in given.values_list(
        "reading__participant", "reading__text", "element", "says", "spans"
    ):
        answers[pk][text][element] = {"says": says, "words": sorted(words_in(found.get(text, []), spans))}
    seats = dict(round_.step.session.participants.filter(pk__in=participant_ids).values_list("pk", "seat"))
    return {
        pk: {
            "texts": order.get(pk) or reads(round_, seat, texts=list(found), elements=elements),
            "answers": answers.get(pk, {}),
        }
        for pk, seat in seats.items()
    }


def readers_of(round_: Round) -> list[tuple[Text, int]]:
    """How many have gone through each text; no more is known before the reveal."""
    finished = list(round_.readings.filter(finished_at__isnull=False).values_list("text_id", flat=True))
    return [(text, finished.count(text.pk)) for text in texts_of(round_)]


# After the reveal


@dataclass(frozen=True)
class Word:
    """A word of a text as the heat map shows it: what most saw in it, and how many of all readers saw what."""

    piece: Piece
    seen: list[tuple[Element, int, int]]
    """Element, readers, and its part of the bar in twelfths."""
    level: int
    """How many of the readers saw what most saw, in quarters; 0: nobody saw anything."""
    split: bool

    @property
    def hues(self) -> str:
        return " ".join(element.hue for element, _n, _part in self.seen[: 2 if self.split else 1])


@dataclass(frozen=True)
class Difference:
    """Words in which some of the room see one element and some another."""

    words: str
    one: Element
    other: Element


@dataclass(frozen=True)
class Seen:
    """What the room saw in one text. The heat knows elements by their primary keys."""

    text: Text
    number: int
    elements: list[Element]
    heat: Heat[int]

    @cached_property
    def words(self) -> list[Word]:
        return [self._word(piece) for piece in pieces(self.text.body)]

    @property
    def words_alone(self) -> list[Word]:
        """Without what lies between them."""
        return [word for word in self.words if word.piece.word is not None]

    def _word(self, piece: Piece) -> Word:
        seen = self.heat.words[piece.word] if piece.word is not None else []
        whole = max(self.heat.readers, sum(count for _element, count in seen))
        parts = [(self._element(pk), count, round(BAR * count / whole)) for pk, count in seen]
        split = any(piece.word is not None and at.first <= piece.word <= at.last for at in self.heat.splits)
        return Word(piece, parts, -(-4 * seen[0][1] // self.heat.readers) if seen else 0, split)

    def _element(self, pk: int) -> Element:
        return next(element for element in self.elements if element.pk == pk)

    @property
    def shares(self) -> list[tuple[Element, int, int]]:
        """Each element with how many see it, of how many who were asked and were sure."""
        shares = [(element, self.heat.shares[element.pk]) for element in self.elements]
        return [(element, share.seen, share.asked) for element, share in shares]

    @property
    def unseen(self) -> list[Element]:
        return [element for element, seen, _asked in self.shares if not seen]

    @cached_property
    def difference(self) -> Difference | None:
        """The widest there is."""
        if not self.heat.splits:
            return None
        split = self.heat.splits[0]
        shown = pieces(self.text.body)
        first, last = ([piece.word for piece in shown].index(word) for word in (split.first, split.last))
        words = "".join(piece.text for piece in shown[first : last + 1])
        return Difference(words, *map(self._element, split.marks))

    @property
    def agreement(self) -> str:
        return in_words(self.heat.alpha, self.heat.readers)


def seen_in(round_: Round, number: int | None = None) -> list[Seen]:
    """In each text, or in the one with this number (from 1). Nothing before the reveal: until then no tally exists."""
    if not round_.is_revealed:
        return []
    elements = elements_of(round_.step.session)
    wanted = [(at, text) for at, text in enumerate(texts_of(round_), start=1) if number in (None, at)]
    return [Seen(text, at, elements, _heat(round_, text, elements)) for at, text in wanted]


def _heat(round_: Round, text: Text, elements: Sequence[Element]) -> Heat[int]:
    found = tokens(text.body)
    sure = Answer.objects.filter(reading__round=round_, reading__text=text).exclude(says=Answer.Says.NOT_SURE)
    said = [
        Said(reader, element, words_in(found, spans))
        for reader, element, spans in sure.values_list("reading__participant", "element", "spans")
    ]
    return heat_of(len(found), [element.pk for element in elements], said)


def pages(round_: Round) -> int:
    return max(1, round_.texts_to_tag.count()) if round_.is_revealed else 1


def tags_so_far(round_: Round) -> str:
    count = round_.texts_to_tag.count() if round_.is_revealed else 0
    says = ngettext("%(n)d sentence was read word by word.", "%(n)d sentences were read word by word.", count)
    return says % {"n": count} if count else ""


def page_name(round_: Round, page: int) -> str:
    return _("Sentence %(n)d") % {"n": page}


def tag_report(round_: Round) -> dict[str, Any]:
    return {
        "tagged": [
            {
                "text": seen.text.body,
                "readers": seen.heat.readers,
                "alpha": None if seen.heat.alpha is None else round(seen.heat.alpha, 3),
                "elements": [
                    {"element": element.key, "name": element.name, "seen": count, "asked": asked}
                    for element, count, asked in seen.shares
                ],
                "words": [
                    {
                        "start": token.start,
                        "end": token.end,
                        "seen": [{"element": element.key, "readers": count} for element, count, _part in word.seen],
                    }
                    for token, word in zip(tokens(seen.text.body), seen.words_alone, strict=True)
                    if word.seen
                ],
            }
            for seen in seen_in(round_)
        ]
    }
