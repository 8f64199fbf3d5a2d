"""Form fields that read what people typed by the one reader, workshop.plain_text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .plain_text import Unreadable, clean


class PlainTextField(forms.CharField):
    """Clean text; `lines` keeps line breaks."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = "" if value is None else str(value)
        try:
            return clean(text, lines=self.lines)
        except Unreadable as error:
            raise ValidationError(
                _("There is a character in it that can't be shown. Please type it again."), code="unreadable"
            ) from error
