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
from workshop.sessions.models import Round, Step
from workshop.sessions.queries import result_round, source_of

from ..heat import Heat, Said, Split, heat_of, in_words
from ..models import Answer, Element, Reading
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


def my_tags(round_: Round, participant_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """For each their texts in their order, and what they have answered: text → element → {says, words}."""
    texts = texts_of(round_)
    found = {text.pk: tokens(text.body) for text in texts}
    elements = len(elements_of(round_.step.session))
    order: dict[int, list[int]] = defaultdict(list)
    answers: dict[int, dict[int, dict[int, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    rows = round_.readings.filter(participant_id__in=participant_ids).prefetch_related("answers")
    for reading in rows:
        order[reading.participant_id].append(reading.text_id)
        for answer in reading.answers.all():
            words = sorted(words_in(found.get(reading.text_id, []), answer.spans))
            answers[reading.participant_id][reading.text_id][answer.element_id] = {"says": answer.says, "words": words}
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
class Seen:
    """What the room saw in one text."""

    text: Text
    number: int
    elements: list[Element]
    heat: Heat[Element]

    @cached_property
    def words(self) -> list[Word]:
        return [self._word(piece) for piece in pieces(self.text.body)]

    def _word(self, piece: Piece) -> Word:
        seen = self.heat.words[piece.word] if piece.word is not None else []
        whole = max(self.heat.readers, sum(count for _element, count in seen))
        parts = [(element, count, round(BAR * count / whole)) for element, count in seen]
        split = any(piece.word is not None and at.first <= piece.word <= at.last for at in self.heat.splits)
        return Word(piece, parts, -(-4 * seen[0][1] // self.heat.readers) if seen else 0, split)

    @property
    def shares(self) -> list[tuple[Element, int, int]]:
        """Each element with how many see it, of how many who were asked and were sure."""
        return [(element, share.seen, share.asked) for element, share in self.heat.shares.items()]

    @property
    def unseen(self) -> list[Element]:
        return [element for element, seen, _asked in self.shares if not seen]

    @property
    def split(self) -> Split[Element] | None:
        return self.heat.splits[0] if self.heat.splits else None

    @property
    def split_words(self) -> str:
        split = self.split
        if split is None:
            return ""
        return "".join(
            piece.text for piece in pieces(self.text.body)[self._place(split.first) : self._place(split.last) + 1]
        )

    def _place(self, word: int) -> int:
        return next(place for place, piece in enumerate(pieces(self.text.body)) if piece.word == word)

    @property
    def agreement(self) -> str:
        return in_words(self.heat.alpha, self.heat.readers)


def seen_in(round_: Round) -> list[Seen]:
    """Nothing before the reveal: until then no tally exists anywhere."""
    if not round_.is_revealed:
        return []
    elements = elements_of(round_.step.session)
    by_pk = {element.pk: element for element in elements}
    said: dict[int, list[Said[Element]]] = defaultdict(list)
    texts = texts_of(round_)
    found = {text.pk: tokens(text.body) for text in texts}
    rows = Answer.objects.filter(reading__round=round_).exclude(says=Answer.Says.NOT_SURE).select_related("reading")
    for answer in rows:
        reading: Reading = answer.reading
        if reading.text_id in found:
            words = words_in(found[reading.text_id], answer.spans)
            said[reading.text_id].append(Said(reading.participant_id, by_pk[answer.element_id], words))
    return [
        Seen(text, number, elements, heat_of(len(found[text.pk]), elements, said[text.pk]))
        for number, text in enumerate(texts, start=1)
    ]


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
                        "seen": [{"element": element.key, "readers": count} for element, count in marks],
                    }
                    for token, marks in zip(tokens(seen.text.body), seen.heat.words, strict=True)
                    if marks
                ],
            }
            for seen in seen_in(round_)
        ]
    }
