from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workshop.fields import PlainTextField

from . import published
from .commands.sets import MOST_ELEMENTS
from .models import Element


class SetForm(forms.Form):
    slug = forms.ChoiceField(choices=[(each.slug, each.name) for each in published.SETS], label=_("Begin with"))


class ElementForm(forms.Form):
    key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    name = PlainTextField(max_length=40, label=_("Name"))
    phrase = PlainTextField(max_length=40, label=_("In plain words"))
    question = PlainTextField(max_length=80, label=_("As a question"))
    explanation = PlainTextField(max_length=200, required=False, label=_("What it means"))
    hue = forms.ChoiceField(choices=Element.Hue.choices, label=_("Color and icon"))


class Elements(forms.BaseFormSet):
    """The elements of one set, with one empty row to add another."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Leave it out")
        rows = self.initial or []
        if index is not None and index >= len(rows):
            # A select always sends something: what it sends untouched must not count as filled in.
            taken = {row["hue"] for row in rows}
            form.fields["hue"].initial = next((hue for hue in Element.Hue.values if hue not in taken), None)

    def kept(self) -> list[dict[str, Any]]:
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.cleaned_data for form in kept if form.cleaned_data.get("name")]


ElementFormSet = forms.formset_factory(
    ElementForm, formset=Elements, extra=1, max_num=MOST_ELEMENTS, absolute_max=MOST_ELEMENTS + 1, can_delete=True
)
