"""What may come in through a door: one form for each shape of command."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from definitions.cards.commands import MAX_LENGTH as CARD_LENGTH
from definitions.decisions.commands.closing import MAX_LENGTH as CLOSING_LENGTH
from definitions.decisions.commands.deciding import MOST_WORDS as OBJECTION_LENGTH
from definitions.decisions.models import AgreedDefinition
from definitions.decisions.rules import LEVELS, REASONS
from definitions.drafting.models import Draft, Mark
from definitions.elements.commands.lines import MAX_LENGTH as LINE_LENGTH
from definitions.elements.models import Answer, Element, Line
from definitions.proposals.commands import MAX_LENGTH as PROPOSAL_LENGTH
from definitions.proposals.models import Option
from definitions.texts.models import Text
from workshop.fields import PlainTextField
from workshop.sessions.bursts import read_once
from workshop.sessions.commands.running import MAX_EXTENSION
from workshop.sessions.models import Participant, Round, Step, WorkshopSession

NOT_IN_THIS_MEETING = _("That is not part of this meeting. Reload the page.")


class RoomForm(forms.Form):
    """A form whose fields name rows of one meeting; a row of another meeting is as good as none."""

    session: WorkshopSession

    def _row(self, field: str, rows: Any) -> Any:
        row = rows.filter(pk=self.cleaned_data[field]).first()
        if row is None:
            raise ValidationError(NOT_IN_THIS_MEETING, code="unknown")
        return row


def _id() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=2**53, error_messages={"required": NOT_IN_THIS_MEETING})


class RoundForm(RoomForm):
    round = _id()

    def clean_round(self) -> Round:
        return read_once(self.session, ("round", self.cleaned_data["round"]), self._round)

    def _round(self) -> Round:
        round_: Round = self._row("round", Round.objects.select_related("step").filter(step__session=self.session))
        round_.step.session = self.session
        return round_


class DoneForm(RoundForm):
    done = forms.BooleanField(required=False)


class ProposalForm(RoundForm):
    id = forms.UUIDField()
    body = PlainTextField(
        max_length=PROPOSAL_LENGTH,
        lines=True,
        error_messages={
            "required": _("Write your sentence first."),
            "max_length": _("That is longer than a definition can be. Shorten it to %(limit_value)d letters."),
        },
    )


class UnsentForm(ProposalForm):
    body = PlainTextField(max_length=PROPOSAL_LENGTH * 2, lines=True, required=False)


def _card() -> PlainTextField:
    return PlainTextField(
        max_length=CARD_LENGTH,
        error_messages={
            "required": _("Type a word first."),
            "max_length": _("Keep it short: one to four words fit on a card."),
        },
    )


class CardForm(RoundForm):
    id = forms.UUIDField()
    body = _card()


class LineForm(RoundForm):
    id = forms.UUIDField()
    body = PlainTextField(
        max_length=LINE_LENGTH,
        error_messages={
            "required": _("Write your line first."),
            "max_length": _("Make it a short one: %(limit_value)d letters fit on the poster."),
        },
    )


class PickLineForm(RoomForm):
    id = forms.UUIDField()
    picked = forms.BooleanField(required=False)

    def clean_id(self) -> Line:
        return self._row("id", Line.objects.filter(round__step__session=self.session))


class PhotoForm(forms.Form):
    shown = forms.BooleanField(required=False)


class CardIdForm(RoundForm):
    id = forms.UUIDField()


class ChoicesForm(RoundForm):
    choices = forms.CharField(required=False, max_length=4000)

    def clean_choices(self) -> list[int]:
        parts = [part for part in self.cleaned_data["choices"].split(",") if part]
        if len(parts) > 500 or not all(_is_number(part, digits=15) for part in parts):
            raise ValidationError(_("Your vote could not be read. Reload the page and mark it again."))
        return [int(part) for part in parts]


class AnswerForm(RoundForm):
    """The answer to one element's question about one of the texts that a round goes through."""

    text = _id()
    element = _id()
    says = forms.ChoiceField(choices=Answer.Says.choices)
    words = forms.CharField(required=False, max_length=2000)

    def clean_text(self) -> Text:
        round_ = self.cleaned_data.get("round")
        return self._row("text", Text.objects.filter(pk__in=round_.texts_to_tag.values("text") if round_ else []))

    def clean_element(self) -> Element:
        return self._row("element", Element.objects.filter(element_set__session=self.session))

    def clean_words(self) -> list[int]:
        return _word_numbers(self.cleaned_data["words"])


class StanceForm(RoundForm):
    """How far someone agrees; what they reserve, and the words that it is about."""

    level = forms.ChoiceField(choices=[(slug, slug) for slug in LEVELS])
    reason = forms.ChoiceField(choices=[(reason, reason) for reason in REASONS], required=False)
    words = forms.CharField(required=False, max_length=2000)
    says = PlainTextField(
        max_length=OBJECTION_LENGTH,
        required=False,
        error_messages={"max_length": _("That is too long for a note. Shorten it to %(limit_value)d letters.")},
    )
    consent = forms.BooleanField(required=False)

    def clean_words(self) -> list[int]:
        return _word_numbers(self.cleaned_data["words"])


class SettleForm(forms.Form):
    id = forms.UUIDField()
    settled = forms.BooleanField(required=False)


class LevelHandsForm(RoundForm):
    """Fields named hands-<level>, one for each level that was counted."""

    def clean(self) -> dict[str, Any]:
        hands: dict[str, int] = {}
        for level in LEVELS:
            if value := self.data.get(f"hands-{level}"):
                if not _is_number(value, digits=3):
                    raise ValidationError(_("Type the number of hands as a number from 0 to 500."))
                hands[level] = int(value)
        return {**self.cleaned_data, "hands": hands}


class TakeTextForm(forms.Form):
    from_draft = forms.BooleanField(required=False)


class NameForm(forms.Form):
    name = PlainTextField(
        max_length=40,
        required=False,
        error_messages={"max_length": _("A shorter name, please: it has to fit on the screen.")},
    )


class JoinForm(NameForm):
    rehearsing = forms.CharField(max_length=100, required=False)  # what simulated colleagues bring


class SeatForm(forms.Form):
    seat = forms.IntegerField(min_value=1, max_value=32767)


class WantedForm(forms.Form):
    wanted = forms.BooleanField(required=False)


class StandingForm(forms.Form):
    standing = forms.CharField(max_length=64)


class SecondsForm(forms.Form):
    seconds = forms.IntegerField(min_value=1, max_value=MAX_EXTENSION)


class PageForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=1000)


class StepForm(RoomForm):
    step = _id()

    def clean_step(self) -> Step:
        return self._row("step", self.session.steps.all())


class DoorForm(forms.Form):
    door = forms.ChoiceField(choices=WorkshopSession.Door.choices)


class ParticipantForm(RoomForm):
    participant = _id()

    def clean_participant(self) -> Participant:
        return self._row("participant", self.session.participants.all())


class RenameForm(ParticipantForm, NameForm):
    pass


class HideNameForm(ParticipantForm):
    hidden = forms.BooleanField(required=False)


class HiddenForm(forms.Form):
    id = forms.UUIDField()
    hidden = forms.BooleanField(required=False)


class TypeForForm(ParticipantForm, RoundForm):
    body = PlainTextField(
        max_length=PROPOSAL_LENGTH, lines=True, error_messages={"required": _("Type their words first.")}
    )


class TypeCardForm(ParticipantForm, RoundForm):
    body = _card()


class OptionForm(RoundForm):
    option = _id()
    reason = PlainTextField(max_length=200, required=False)

    def clean_option(self) -> Option:
        return self._row("option", Option.objects.filter(round__step__session=self.session))


class HandsForm(RoundForm):
    """Fields named hands-<option id>, one for each option that was counted."""

    def clean(self) -> dict[str, Any]:
        hands: dict[int, int] = {}
        for name, value in self.data.items():
            option = name.removeprefix("hands-")
            if option == name or not value:
                continue
            if not (_is_number(option, digits=15) and _is_number(value, digits=3)):
                raise ValidationError(_("Type the number of hands as a number from 0 to 500."))
            hands[int(option)] = int(value)
        return {**self.cleaned_data, "hands": hands}


def _word_numbers(value: str) -> list[int]:
    parts = [part for part in value.split(",") if part]
    if not all(_is_number(part, digits=4) for part in parts):
        raise ValidationError(_("Those words could not be read. Reload the page and tap them again."))
    return [int(part) for part in parts]


def _is_number(text: str, *, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


class DraftForm(RoomForm):
    draft = _id()

    def clean_draft(self) -> Draft:
        draft = self._row("draft", Draft.objects.select_related("step").filter(step__session=self.session))
        draft.step.session = self.session
        return draft


class FrozenForm(DraftForm):
    frozen = forms.BooleanField(required=False)


class AllWriteForm(DraftForm):
    all_write = forms.BooleanField(required=False)


class PenForm(DraftForm, ParticipantForm):
    held = forms.BooleanField(required=False)


class MarkForm(DraftForm):
    id = forms.UUIDField()
    says = forms.ChoiceField(choices=Mark.Says.choices)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    start = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    end = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    words = PlainTextField(max_length=120, required=False)


class MarkIdForm(DraftForm):
    id = forms.UUIDField()


class ElementForm(DraftForm):
    element = _id()

    def clean_element(self) -> Element:
        return self._row("element", Element.objects.filter(element_set__session=self.session))


class DraftTagForm(ElementForm):
    """Without a span: not here."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    start = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    end = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class LeftOutForm(ElementForm):
    left_out = forms.BooleanField(required=False)


class SpellForm(forms.Form):
    body = PlainTextField(
        max_length=CLOSING_LENGTH,
        lines=True,
        error_messages={"required": _("An empty sentence can't be agreed on. Type it first.")},
    )


class SealForm(SpellForm):
    outcome = forms.ChoiceField(
        choices=AgreedDefinition.Outcome.choices,
        error_messages={"required": _("Choose how the meeting ends.")},
    )


class EnvelopeForm(forms.Form):
    """What every command travels in: which tab, and its how-manieth."""

    client = forms.UUIDField()
    seq = forms.IntegerField(min_value=1, max_value=2**53)

    @property
    def client_id(self) -> UUID:
        return self.cleaned_data["client"]
