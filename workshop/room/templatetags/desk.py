"""The desk's list of people, put together here: of five hundred, a template's nodes would be most of a page's time."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

ROW = (
    '<li id="person-{pk}" class="{quiet}"><span>{name}{hidden}</span>\n<span class="quiet">{state}</span>\n'
    '<button type="button" class="btn btn--bare" data-person="{pk}" data-name="{name}" data-hidden="{is_hidden}"'
    ' data-out="{out}" data-phone="{has_phone}" aria-haspopup="dialog" aria-label="{menu}">…</button></li>'
)


@register.simple_tag
def rows_of(people: Iterable[Any]) -> SafeString:
    """Of what panels/desk.py calls Listed."""
    hidden = format_html(' <span class="quiet">· {}</span>', _("name hidden"))
    menu = _("What can be done for %(name)s")
    return format_html_join(
        "",
        ROW,
        (
            {
                "pk": person.pk,
                "name": person.name,
                "quiet": "quiet" if person.out else "",
                "hidden": hidden if person.name_hidden else "",
                "is_hidden": "1" if person.name_hidden else "",
                "state": person.state,
                "out": person.out,
                "has_phone": "1" if person.has_phone else "",
                "menu": menu % {"name": person.name},
            }
            for person in people
        ),
    )
