"""The desk's list of people, put together here: of five hundred, a template's nodes would be most of a page's time."""

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

MOST_ROWS = 1000  # kept, of all meetings: two full ones

ROW = (
    '<li id="person-{pk}" class="{quiet}"><span>{name}{hidden}</span>\n<span class="quiet">{state}</span>\n'
    '<button type="button" class="btn btn--bare" data-person="{pk}" data-name="{name}" data-hidden="{is_hidden}"'
    ' data-out="{out}" data-phone="{has_phone}" aria-haspopup="dialog" aria-label="{menu}">…</button></li>'
)


@register.simple_tag
def rows_of(people: Iterable[Hashable]) -> SafeString:
    """Of what panels/desk.py calls Listed."""
    language = get_language()
    return mark_safe("".join(_row(person, language) for person in people))  # noqa: S308  # each is made by format_html


@lru_cache(maxsize=MOST_ROWS)
def _row(person: Any, _language: str | None) -> SafeString:
    """Most are as they were at the last drawing."""
    return format_html(
        ROW,
        pk=person.pk,
        name=person.name,
        quiet="quiet" if person.out else "",
        hidden=format_html(' <span class="quiet">· {}</span>', _("name hidden")) if person.name_hidden else "",
        is_hidden="1" if person.name_hidden else "",
        state=person.state,
        out=person.out,
        has_phone="1" if person.has_phone else "",
        menu=_("What can be done for %(name)s") % {"name": person.name},
    )
