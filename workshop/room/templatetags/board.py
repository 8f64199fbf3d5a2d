"""The draft's puzzle: a piece for each element, in place when the room sees it."""

from textwrap import wrap

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from definitions.elements.queries.lamps import Lamp

from .look import piece_centers

register = template.Library()

STATES = {"lit": "is-lit", "part": "is-part", "left-out": "is-left-out", "out": ""}
LINE = 44  # units between two lines on a piece
FITS = {"v": 22, "a": 18, "d": 14, "g": 11, "e": 14, "s": 25, "c": 17}  # letters of a name beside each other


@register.filter
def is_puzzle(lamps: list[Lamp]) -> bool:
    """The drawing has seven pieces; another number of elements is a list."""
    return len(lamps) == len(piece_centers())


@register.filter
def state_class(lamp: Lamp) -> str:
    return STATES[lamp.state]


@register.filter
def says(lamp: Lamp) -> str:
    """How far an element is, in words."""
    if lamp.state == "left-out":
        return _("left out on purpose")
    if lamp.state == "lit":
        return _("lit")
    return _("%(sees)d of %(answered)d") % {"sees": lamp.sees, "answered": max(lamp.answered, 1)}


@register.simple_tag
def board(lamps: list[Lamp]) -> SafeString:
    sprite, icons = static("img/puzzle.svg"), static("img/icons.svg")
    sides = format_html_join(
        "",
        '<use class="pz side pz--{0} {1}" data-el="{0}" href="{2}#p-{0}"/>',
        ((lamp.element.hue, STATES[lamp.state], sprite) for lamp in lamps),
    )
    faces = format_html_join("", "{}", ((_piece(lamp, sprite, icons),) for lamp in lamps))
    complete = sum(lamp.state in ("lit", "left-out") for lamp in lamps)
    return format_html(
        '<svg class="puzzle puzzle--words" viewBox="-6 -6 1212 712" role="img" aria-label="{}">{}{}</svg>',
        _("%(n)d of %(all)d pieces in place") % {"n": complete, "all": len(lamps)},
        sides,
        faces,
    )


def _piece(lamp: Lamp, sprite: str, icons: str) -> SafeString:
    x, y = piece_centers()[lamp.element.hue]
    name = _lines(lamp.element.name, FITS[lamp.element.hue])
    note = {"part": says(lamp), "left-out": _("left out")}.get(lamp.state, "")
    lines = [("is-long" if len(name) > 1 else "", line) for line in name] + ([("share", note)] if note else [])
    y -= 16 * (len(lines) - 1)
    texts = format_html_join(
        "",
        '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((kind, x, y + 48 + LINE * number, line) for number, (kind, line) in enumerate(lines)),
    )
    return format_html(
        '<g class="pz pz--{0} {1}" data-el="{0}" data-lamp="{2}" data-state="{3}">'
        '<use class="face" href="{4}#p-{0}"/><use class="rim" href="{4}#p-{0}"/>'
        '<use class="i" href="{5}#i-{0}" x="{6}" y="{7}" width="66" height="66"/>{8}</g>',
        lamp.element.hue, STATES[lamp.state], lamp.element.pk, lamp.state, sprite, icons, x - 33, y - 73, texts,
    )  # fmt: skip


def _lines(name: str, fits: int) -> list[str]:
    """A team's own name may be longer than its piece: two lines of smaller letters, and what does not fit is cut."""
    return [name] if len(name) <= fits else wrap(name, fits * 5 // 4, max_lines=2, placeholder="…")
