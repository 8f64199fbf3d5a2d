from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workshop.fields import PlainTextField

from . import agendas, kinds
from .commands.setup import MAX_MINUTES
from .models import WorkshopSession

AGENDA_NAMES = {
    "department-meeting": _("Department meeting, 45 minutes"),
    "huddle": _("Huddle, 20 minutes"),
}


class NewMeetingForm(forms.Form):
    title = PlainTextField(
        max_length=80, label=_("Who is meeting?"), help_text=_("The name of the group, as the screen shows it.")
    )
    agenda = forms.ChoiceField(
        label=_("Begin with"), choices=[(agenda.slug, AGENDA_NAMES[agenda.slug]) for agenda in agendas.TEMPLATES]
    )
    customer_word = PlainTextField(
        max_length=40,
        label=_("What do you call a customer?"),
        initial=_("customer"),
        help_text=_("Guest, patient, reader, resident: every prompt then uses your word."),
    )


class SettingsForm(forms.ModelForm):
    title = PlainTextField(max_length=80, label=_("Name of the group"))
    customer_word = PlainTextField(max_length=40, label=_("Your word for customer"))

    class Meta:
        model = WorkshopSession
        fields = ["title", "customer_word", "names_shown", "secret"]
        labels = {"names_shown": _("Names are shown"), "secret": _("Votes are secret")}
        help_texts = {
            "names_shown": _("It stands once the first person has joined."),
            "secret": _("When the vote closes, nothing in the database says who chose what."),
        }


class StepSettingsForm(forms.Form):
    """A step's prompt, minutes and the switches of its kind."""

    prompt = PlainTextField(
        max_length=200,
        required=False,
        label=_("What people read"),
        help_text=_("{customer} stands for your own word for it."),
        widget=forms.Textarea,
    )
    minutes = forms.IntegerField(min_value=1, max_value=MAX_MINUTES, label=_("Minutes"))

    def __init__(self, *args: Any, kind: kinds.Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["prompt"].widget.attrs.update(rows=3, placeholder=kind.prompt)
        for option in kind.options:
            said = {"required": False, "label": option.label, "help_text": option.hint}
            self.fields[option.name] = (
                forms.ChoiceField(choices=option.choices, **said) if option.choices else forms.BooleanField(**said)
            )

    @property
    def options(self) -> dict[str, bool | str]:
        return {option.name: self.cleaned_data[option.name] for option in self.kind.options}


class MinutesForm(forms.Form):
    by = forms.IntegerField(min_value=-MAX_MINUTES, max_value=MAX_MINUTES)


class PlaceForm(forms.Form):
    to = forms.IntegerField(min_value=1, max_value=1000)


class KindForm(forms.Form):
    kind = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.slug, kind.name) for kind in kinds.every()]  # type: ignore[attr-defined]


class WifiForm(forms.Form):
    """For a QR code with which phones join a Wi-Fi. Nothing of it is kept."""

    network = PlainTextField(max_length=32, label=_("Name of the Wi-Fi"))
    password = forms.CharField(
        max_length=63,
        required=False,
        strip=False,
        label=_("Its password"),
        help_text=_("It goes into the code and is kept nowhere."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def code(self) -> str:
        """The text that phones' cameras understand as a Wi-Fi."""
        network, password = (wifi_escaped(self.cleaned_data[name]) for name in ("network", "password"))
        return f"WIFI:T:WPA;S:{network};P:{password};;" if password else f"WIFI:T:nopass;S:{network};;"


def wifi_escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in '\\;,:"' else letter for letter in text)
