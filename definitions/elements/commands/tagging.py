from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.texts.models import Text
from definitions.texts.tokens import spans_of, tokens
from workshop.errors import Refused
from workshop.sessions.access import must_take_part
from workshop.sessions.bursts import look_at_round
from workshop.sessions.commands.changing import changing
from workshop.sessions.commands.running import mark_done
from workshop.sessions.models import Participant, Round, WorkshopSession
from workshop.sessions.queries import here

from ..models import Answer, Element, Reading, TextToTag
from ..queries.sets import elements_of
from ..queries.tagging import reads, texts_for
from ..sharing import shares, texts_each
from .sets import copy_once


def open_tagging(round_: Round) -> None:
    """What is read, and by whom, is settled now. A later round begins with what people answered in the one before."""
    copy_once(round_)
    texts = texts_for(round_.step)
    TextToTag.objects.bulk_create(
        TextToTag(round=round_, text=text, position=position) for position, text in enumerate(texts, start=1)
    )
    people = list(here(round_.step.session).order_by("seat"))
    each = texts_each(round_.step.minutes * 60, len(texts), len(elements_of(round_.step.session)))
    Reading.objects.bulk_create(
        Reading(round=round_, participant=person, text=texts[number])
        for person, numbers in zip(people, shares(len(people), len(texts), each), strict=True)
        for number in numbers
    )
    _copy_earlier(round_)


def answer_question(
    session: WorkshopSession,
    *,
    actor: Participant,
    round_: Round,
    text: Text,
    element: Element,
    says: str,
    words: Sequence[int],
) -> Answer:
    """Say which words of a text express an element, by their numbers; or that it is not there, or that one is not sure.

    Answering again replaces the answer. Until the reveal: what was tapped when the step closed still counts.
    """
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        reading = _reading(round_, actor, text)
        if (says == Answer.Says.WORDS) != bool(words):
            raise Refused("no-words", _("Tap the words first, or say that it isn’t here."))
        found = tokens(text.body)
        if any(number >= len(found) for number in words):
            raise Refused("no-such-word", _("Those words could not be read. Reload the page and tap them again."))
        answer, _created = Answer.objects.update_or_create(
            reading=reading, element=element, defaults={"says": says, "spans": spans_of(found, words)}
        )
        _finish(reading, actor)
    return answer


def _reading(round_: Round, participant: Participant, text: Text) -> Reading:
    look_at_round(round_)
    if round_.is_revealed:
        raise Refused("revealed", _("What we saw is on the screen already; answers can’t change now."))
    own = {reading.text_id: reading for reading in round_.readings.filter(participant=participant)}
    if not own:  # came after the opening
        texts = list(round_.texts_to_tag.values_list("text_id", flat=True))
        elements = len(elements_of(round_.step.session))
        for text_id in reads(round_, participant.seat, texts=texts, elements=elements):
            own[text_id] = Reading.objects.create(round=round_, participant=participant, text_id=text_id)
    if text.pk not in own:
        raise Refused("not-yours-to-read", _("Others read that sentence. Reload the page for yours."))
    return own[text.pk]


def _finish(reading: Reading, participant: Participant) -> None:
    """A text is gone through when every question is answered, and a person is done with the last of theirs."""
    questions = len(elements_of(reading.round.step.session))
    finished = reading.answers.count() >= questions
    if finished != (reading.finished_at is not None):
        reading.finished_at = timezone.now() if finished else None
        reading.save(update_fields=["finished_at"])
    unfinished = reading.round.readings.filter(participant=participant, finished_at=None)
    mark_done(reading.round, participant, finished and not unfinished.exists())


def _copy_earlier(round_: Round) -> None:
    earlier = round_.step.rounds.filter(number__lt=round_.number).last()
    if earlier is None:
        return
    texts = set(round_.texts_to_tag.values_list("text_id", flat=True))
    for reading in earlier.readings.filter(text_id__in=texts).prefetch_related("answers"):
        again, _created = Reading.objects.get_or_create(
            round=round_, participant_id=reading.participant_id, text_id=reading.text_id
        )
        Answer.objects.bulk_create(
            Answer(reading=again, element_id=answer.element_id, says=answer.says, spans=answer.spans)
            for answer in reading.answers.all()
        )
        _finish(again, again.participant)
