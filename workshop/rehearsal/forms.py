from django import forms
from django.utils.translation import gettext_lazy as _

MOST_PEOPLE = 60
PEOPLE = 24
PACES = [("human", _("Like people: seconds to minutes")), ("fast", _("Fast: a whole meeting in about three minutes"))]


class RehearsalForm(forms.Form):
    people = forms.IntegerField(
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=PEOPLE,
        label=_("Simulated colleagues"),
        help_text=_("From 1 to 60. You can join with your own phone too."),
    )
    pace = forms.ChoiceField(choices=PACES, initial="human", label=_("How fast they are"))
