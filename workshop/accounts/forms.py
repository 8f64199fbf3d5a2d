from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workshop.fields import PlainTextField

from .models import User

MISSING = {"required": _("Please fill this in.")}
LONGEST_PASSWORD = 200  # hashing a longer one would only keep the machine busy


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={**MISSING, "invalid": _("This is not a whole e-mail address. Is a part missing?")},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )


def name_field() -> PlainTextField:
    return PlainTextField(
        label=_("Your name"),
        max_length=80,
        help_text=_("As colleagues know you."),
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=help_text,
        error_messages=MISSING,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def new_password_field(label: Any) -> forms.CharField:
    return password_field(label, "new-password", _("At least 8 characters. A short sentence is easiest to remember."))


class SignUpForm(forms.Form):
    name = name_field()
    email = email_field()
    password = new_password_field(_("Password"))


class SignInForm(forms.Form):
    email = email_field()
    password = password_field(_("Password"), "current-password")


class ForgottenForm(forms.Form):
    email = email_field()


class EnterForm(forms.Form):
    token = forms.CharField(
        label=_("Your link"),
        max_length=500,
        help_text=_("Paste the whole link here."),
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_token(self) -> str:
        """The token itself, also out of a whole link."""
        return str(self.cleaned_data["token"]).rpartition("#")[2].removeprefix("token=")


class NameForm(forms.Form):
    name = name_field()


class PasswordForm(forms.Form):
    """Asks for the present password, unless there is none or the person has just come in by a link."""

    current = password_field(_("Password now"), "current-password")
    password = new_password_field(_("New password"))

    def __init__(self, data: Any = None, *, user: User, ask_current: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.user = user
        if not ask_current:
            del self.fields["current"]

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise forms.ValidationError(_("This is not your password. Please try again."), code="wrong-password")
        return current
