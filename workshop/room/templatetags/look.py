"""The drawn parts of the look: icons, the puzzle, strokes and dots that count people, QR codes, form fields.

Nothing here writes a style attribute: the security policy blocks them.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import regex
import segno
from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

POINTING_ICONS = {"next", "back"}  # turned around where people read from right to left
PIECES = "vadgesc"  # in the order of the sentence, which is the order in the puzzle

# Of scripts that break lines between words alone.
LONG_WORD = regex.compile(r"[^\s\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{21,}")

CENTER = re.compile(r'id="p-(\w)" data-label="(\d+) (\d+)"')
MARKED = re.compile(r"\[([vadgesc]{1,2}):([^\]]+)\]")

STROKES = ("M5 3L4 37", "M15 4L14 37", "M25 3L24 37", "M35 4L34 37")
CROSS_STROKE = "M-2 30L44 9"

MANY_DOTS = 40
MOST_DOTS = 120
QUIET_ZONE = 4  # modules of white around a QR code, as the standard asks


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        "i i--way" if name in POINTING_ICONS else "i",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def puzzle(lit: str = PIECES, *, small: bool = False, label: str = "") -> SafeString:
    """The seven pieces; those whose letter is in `lit` are in place. Without a label it is an ornament."""
    sprite = static("img/puzzle.svg")
    pieces = [(f"pz--{piece} is-lit" if piece in lit else f"pz--{piece}", piece, sprite) for piece in PIECES]
    sides = format_html_join("", '<use class="pz side {0}" data-el="{1}" href="{2}#p-{1}"/>', pieces)
    faces = format_html_join(
        "",
        '<g class="pz {0}" data-el="{1}"><use class="face" href="{2}#p-{1}"/><use class="rim" href="{2}#p-{1}"/></g>',
        pieces,
    )
    return format_html(
        '<svg class="{}" viewBox="-6 -6 1212 712" {}>{}{}</svg>',
        "puzzle puzzle--small" if small else "puzzle",
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        sides,
        faces,
    )


@register.simple_tag
def pieces(taken: Any) -> SafeString:
    """A sample's seven pieces with their names; the one that is being placed lies askew beside its place."""
    sprite, icons = static("img/puzzle.svg"), static("img/icons.svg")
    current = taken.current.hue if taken.current else ""
    in_place = set(taken.lit)
    # What is drawn later lies on top: the thickness of all first, last of all the piece in hand.
    order = sorted(taken.pieces, key=lambda piece: piece.hue == current)
    lit = {piece.hue: "is-lit" if piece.hue in in_place else "" for piece in order}
    slot = format_html('<use class="slot" href="{}#p-{}"/>', sprite, current) if current else SafeString("")
    sides = format_html_join(
        "",
        '<use class="pz side pz--{0} {1}" data-el="{0}" href="{2}#p-{0}"/>',
        ((piece.hue, lit[piece.hue], sprite) for piece in order),
    )
    faces = format_html_join(
        "",
        '<g class="pz pz--{0} {1}" data-el="{0}">'
        '<use class="face" href="{2}#p-{0}"/><use class="rim" href="{2}#p-{0}"/>'
        '<use class="i" href="{3}#i-{0}" x="{4}" y="{5}" width="66" height="66"/>'
        '<text x="{6}" y="{7}" text-anchor="middle">{8}</text></g>',
        (
            (piece.hue, lit[piece.hue], sprite, icons, x - 33, y - 73, x, y + 48, piece.name)
            for piece in order
            for x, y in (piece_centers()[piece.hue],)
        ),
    )
    label = _("%(n)d of %(all)d pieces in place") % {"n": len(in_place), "all": len(taken.pieces)}
    return format_html(
        '<svg class="puzzle puzzle--words{}" viewBox="-6 -6 1212 712" role="img" aria-label="{}">{}{}{}</svg>',
        f" is-placing-{current}" if current else "",
        label,
        slot,
        sides,
        faces,
    )


@lru_cache(maxsize=1)
def piece_centers() -> dict[str, tuple[int, int]]:
    """Where a piece's icon and name stand: the sprite says it."""
    sprite = (settings.BASE_DIR / "static/img/puzzle.svg").read_text()
    return {piece: (int(x), int(y)) for piece, x, y in CENTER.findall(sprite)}


@register.filter
def strokes(segments: Iterable[Any]) -> SafeString:
    """Highlighter strokes over the words that express elements."""
    return format_html_join(
        "",
        "{}",
        (
            (
                _stroke([mark.hue for mark in segment.marks], segment.text, [mark.letter for mark in segment.marks])
                if segment.marks
                else segment.text,
            )
            for segment in segments
        ),
    )


@register.filter
def marked(sentence: str) -> SafeString:
    """Highlighter strokes for words in brackets, each with its element's letters: `[g:honest] [ge:care]`."""
    parts = MARKED.split(sentence)
    out = [conditional_escape(parts[0])]
    for letters, words, plain in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        out += [_stroke(list(letters), words, list(letters.upper())), conditional_escape(plain)]
    return format_html_join("", "{}", ((part,) for part in out))


def _stroke(hues: Sequence[str], words: str, letters: Sequence[str]) -> SafeString:
    """Two strokes at most: more would hide the words. The letters say all."""
    return format_html(
        '<mark class="hl" data-el="{}">{}<span class="ltr" aria-hidden="true">{}</span></mark>',
        " ".join(hues[:2]),
        words,
        "".join(letters),
    )


@register.filter
def names(several: Iterable[Any]) -> SafeString:
    """Side by side, in whatever script each is written: a dot is at home in all of them, and stays with its name."""
    return format_html_join("\u00a0· ", "<bdi>{}</bdi>", ((name,) for name in several))


@register.filter
def wordy(text: Any) -> str:
    """A class for a text with a word that a phone's line can't hold at the usual size."""
    return " is-wordy" if LONG_WORD.search(str(text)) else ""


@register.simple_tag
def tally(count: int) -> SafeString:
    """One stroke a person, in bundles of five. The number itself stands beside it, for those who hear the page."""
    bundles = [5] * (count // 5) + ([count % 5] if count % 5 else [])
    return format_html_join(
        "",
        '<svg class="tally" viewBox="-2 0 {} 40" aria-hidden="true"><path d="{}"/></svg>',
        ((50, "".join(STROKES) + CROSS_STROKE) if n == 5 else (10 * n + 2, "".join(STROKES[:n])) for n in bundles),
    )


@register.simple_tag
def dots(done: int, total: int, kind: str = "") -> SafeString:
    """A dot a person, filled for those who are done; a bar where the dots would be too many to count."""
    done = max(0, min(done, total))
    label = _("%(done)s of %(total)s done") % {"done": done, "total": total}
    if total > MOST_DOTS:
        return format_html(
            '<progress class="crowd" max="{}" value="{}" aria-label="{}"></progress>', total, done, label
        )
    names = ["dots", kind, "is-many" if total > MANY_DOTS else ""]
    return format_html(
        '<div class="{}" role="img" aria-label="{}">{}{}</div>',
        " ".join(filter(None, names)),
        label,
        SafeString("<i></i>" * done),
        SafeString('<i class="no"></i>' * (total - done)),
    )


@register.simple_tag
def crowd(count: int) -> SafeString:
    """A dot a person, where the number itself stands beside it."""
    return format_html(
        '<span class="dots{}" aria-hidden="true">{}</span>',
        " is-many" if count > MANY_DOTS else "",
        SafeString("<i></i>" * min(count, MOST_DOTS)),
    )


@register.simple_tag
def qr(text: str, label: str = "") -> SafeString:
    side, path = _qr_path(text)
    return format_html(
        '<svg class="qr" viewBox="{0} {0} {1} {1}" role="img" aria-label="{2}"><path d="{3}"/></svg>',
        -QUIET_ZONE,
        side + 2 * QUIET_ZONE,
        label or _("QR code to join"),
        path,
    )


@lru_cache(maxsize=256)
def _qr_path(text: str) -> tuple[int, str]:
    """The code's size in modules, and its dark modules as one path, a stroke for each run in a row."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                parts.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return len(rows), "".join(parts)


@register.filter
def code(value: str | None) -> str:
    """A join code in two halves, as people read it out."""
    letters = (value or "").upper()
    return f"{letters[:4]} {letters[4:]}" if len(letters) == 8 else letters


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form field in the look: label, input, hint, and errors that belong to it. The first wrong one has the focus."""
    ticked = isinstance(bound.field.widget, forms.CheckboxInput)
    attrs: dict[str, str | bool] = {"class": "vh" if ticked else "line line--text"}
    wrong = next((name for name in bound.form.fields if name in bound.form.errors), None)
    if wrong == bound.name:
        attrs["autofocus"] = True
    return render_to_string(
        "parts/_field.html", {"field": bound, "input": bound.as_widget(attrs=attrs), "ticked": ticked}
    )
