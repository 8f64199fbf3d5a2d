"""What the poster says: the report, as data for its template. Which size anything has is the template's business."""

import re
from dataclasses import dataclass
from typing import Any

import regex
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from definitions.elements.spans import Span, segments

from .report import Report

PAPERS = {"a4": (210, 297), "us-letter": (215.9, 279.4), "a3": (297, 420)}

# The day's colors of static/css/parts/tokens.css: a stroke or a disc, and its rim.
FACES = {"v": "#FABC5A", "a": "#96D7FF", "d": "#63D7AA", "g": "#FBF16A", "e": "#65B1EC", "s": "#F88C52", "c": "#EC9FC8"}
RIMS = {"v": "#9A6A06", "a": "#037BAD", "d": "#037F5C", "g": "#7C7402", "e": "#0068A4", "s": "#B54F01", "c": "#A64E81"}
SHEET = "#FFFDF8"

DRAWN = ("faces", "rims", "puzzle", "sheet")  # in the data, and no letters on the poster
LONGEST_WORD = 64  # letters; a longer one may break anywhere
LONGEST_BESIDE = 36  # letters that a column holds, where there are two
LARGEST = 78  # points of an A4 poster

_RTL = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_STRONG = regex.compile(r"[\p{Bidi_Class=L}\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
# They break between any two letters, or where a dictionary says: no word of theirs has to fit a line.
_BREAKS_INSIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_JOINED = regex.compile(r"[\p{Arabic}\p{Devanagari}\p{Bengali}\p{Thai}]")  # spacing would tear their letters apart
_STACKED = regex.compile(r"[\p{M}\p{Arabic}]")  # marks that a font sets above and below letters
_TALL = regex.compile(r"[\p{Arabic}\p{Devanagari}\p{Thai}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Tamil}]")


@dataclass(frozen=True)
class Poster:
    """Text that people wrote, and how it is said; a template gets it as JSON."""

    report: Report

    def data(self) -> dict[str, Any]:
        report = self.report
        lined = bool(report.marks or any(element["line"] for element in report.elements))
        return {
            "title": report.title,
            "text": report.text,
            "group": words(report.title),
            "day": date_format(report.agreed_at, "DATE_FORMAT"),
            "language": (get_language() or "en").split("-")[0],
            "lines": _lines(report),
            "words-to-fit": _words_to_fit(report),
            "rtl": is_rtl(report.text),
            "joined": bool(_JOINED.search(report.text)),
            "tall": bool(_TALL.search(report.text)),
            "stacked": bool(_STACKED.search(report.text)),
            "largest": LARGEST,
            "caution": _caution(report),
            "outcome": _outcome(report),
            "elements": [_element(element) for element in report.elements] if lined else [],
            "reservations": [
                {
                    "says": words(each["says"], LONGEST_BESIDE),
                    "about": words(f"“{each['quotation']}”" if each["quotation"] else "", LONGEST_BESIDE),
                }
                for each in report.reservations
            ],
            "names": words("\u00a0· ".join(report.signers)),
            "how": " · ".join(_how(report)),
            "puzzle": "",
            "faces": FACES,
            "rims": RIMS,
            "sheet": SHEET,
            "words": {
                "heading": _("What it means here"),
                "reservation": _("Left open"),
                "motto": _("In our own words"),
            },
        }

    def letters(self) -> set[str]:
        """Every character that is on it."""
        return set(_strings(self.data()))


def lit(report: Report) -> str:
    """The pieces that are in place, as hues. Where nobody has looked for elements the puzzle is only an ornament."""
    marked = {mark["element"] for mark in report.marks}
    found = [element["hue"] for element in report.elements if element["key"] in marked]
    return "".join(found) if marked else "".join(FACES)


def words(text: str, longest: int = LONGEST_WORD) -> dict[str, Any]:
    return {"text": breakable(text, longest), "rtl": is_rtl(text)}


def is_rtl(text: str) -> bool:
    """As `dir="auto"` has it: the first letter that has a direction says."""
    first = _STRONG.search(text)
    return bool(first and _RTL.match(first.group()))


def breakable(text: str, longest: int = LONGEST_WORD) -> str:
    """A word that no line can hold may break: a zero-width space after every twelfth letter."""
    return re.sub(rf"\S{{{longest + 1},}}", lambda found: _cut(found.group()), text)


def _cut(word: str) -> str:
    if _BREAKS_INSIDE.search(word):
        return word
    letters = regex.findall(r"\X", word)
    return "\u200b".join("".join(letters[at : at + 12]) for at in range(0, len(letters), 12))


def _lines(report: Report) -> list[list[dict[str, Any]]]:
    """The sentence in its lines, each in pieces with the strokes behind them and the letters at their ends."""
    by_key = {element["key"]: element for element in report.elements}
    spans = [
        Span(mark["start"], mark["end"], by_key[mark["element"]]["key"])
        for mark in report.marks
        if mark["element"] in by_key
    ]
    lines: list[list[dict[str, Any]]] = [[]]
    found = segments(report.text, spans)
    for at, segment in enumerate(found):
        goes_on = found[at + 1].marks if at + 1 < len(found) else ()
        elements = [by_key[key] for key in dict.fromkeys(segment.marks)]
        ends = [by_key[key] for key in dict.fromkeys(segment.marks) if key not in goes_on]
        for number, part in enumerate(segment.text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(
                    {"text": breakable(part), "hues": [element["hue"] for element in elements[:2]], "letters": ""}
                )
        if ends and lines[-1]:
            lines[-1][-1]["letters"] = "".join(element["letter"] for element in ends)
    return lines


def _words_to_fit(report: Report) -> list[str]:
    """The longest that must not break. By letters only, so more than one: an M is wider than an i."""
    found = [word for word in _words(report.text) if not _BREAKS_INSIDE.search(word)]
    if _STACKED.search(report.text):
        found += [word for line in _lines(report) for piece in line if piece["hues"] for word in _words(piece["text"])]
    return sorted(found, key=len, reverse=True)[:8]


def _words(text: str) -> list[str]:
    return breakable(text).replace("\u200b", " ").split()


def _element(element: dict[str, Any]) -> dict[str, Any]:
    says = element["line"] or element["phrase"]
    return {
        "letter": element["letter"],
        "hue": element["hue"],
        "name": words(element["name"], LONGEST_BESIDE),
        "says": words(says, LONGEST_BESIDE),
        "picked": bool(element["line"]),
    }


def _caution(report: Report) -> str:
    """What nobody should overlook who reads it on a wall."""
    if report.rehearsal:
        return _("Rehearsal: nobody agreed on this")
    return "" if report.outcome == "agreed" else report.outcome_label


def _outcome(report: Report) -> str:
    if report.outcome == "agreed":
        return ngettext("Agreed by %(n)d person", "Agreed by %(n)d people", report.people) % {"n": report.people}
    return ngettext("%(n)d person took part", "%(n)d people took part", report.people) % {"n": report.people}


def _how(report: Report) -> list[str]:
    """How it was reached, in one line: only what was counted."""
    rounds = [round_ for step in report.steps for round_ in step["rounds"]]
    cards = sum(card["count"] for round_ in rounds for card in round_.get("cards", ()))
    sentences = sum(len(round_.get("proposals", ())) for round_ in rounds)
    ballots = sum(round_.get("ballots", 0) for round_ in rounds)
    hands = {run["seat"] for round_ in rounds for run in round_.get("authors", ()) if run["units"]}
    said = []
    if cards:
        said.append(ngettext("%(n)d key word", "%(n)d key words", cards) % {"n": cards})
    if sentences:
        said.append(ngettext("%(n)d sentence", "%(n)d sentences", sentences) % {"n": sentences})
    if ballots:
        said.append(ngettext("%(n)d ballot", "%(n)d ballots", ballots) % {"n": ballots})
    if hands:
        written = ngettext("%(n)d person’s words are in it", "%(n)d people’s words are in it", len(hands))
        said.append(written % {"n": len(hands)})
    return said


def _strings(data: Any) -> str:
    if isinstance(data, dict):
        return "".join(
            _strings(value) for key, value in data.items() if key not in ("faces", "rims", "puzzle", "sheet")
        )
    if isinstance(data, list):
        return "".join(map(_strings, data))
    return data if isinstance(data, str) else ""
