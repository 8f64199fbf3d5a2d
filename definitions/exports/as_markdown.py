"""The report as Markdown. What people wrote is data: nothing in it becomes a heading, a link or a table cell."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from definitions.decisions.queries.deciding import in_words
from definitions.decisions.wording import LEVELS, REASONS
from workshop.sessions import kinds

from .report import Report

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&=:])")


def as_markdown(report: Report) -> bytes:
    return ("\n".join(_lines(report)).rstrip() + "\n").encode()


def escape(text: str) -> str:
    """Text as text: every character that Markdown could take for its own gets a backslash; lines join."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escape(report.title)}"
    yield ""
    if report.rehearsal:
        yield "**" + _("Rehearsal: simulated colleagues wrote this.") + "**"
        yield ""
    for line in report.text.splitlines():
        yield f"> {escape(line)}"
    yield ""
    yield _("%(outcome)s, %(day)s. %(people)s.") % {
        "outcome": report.outcome_label,
        "day": date_format(report.agreed_at, "DATE_FORMAT"),
        "people": ngettext("%(n)d person took part", "%(n)d people took part", report.people) % {"n": report.people},
    }
    if report.signers:
        yield ""
        yield _("With their names: %(names)s.") % {"names": " · ".join(escape(name) for name in report.signers)}
    yield from _elements(report)
    yield from _whose_words(report)
    yield ""
    yield "## " + _("How it came about")
    for step in report.steps:
        for round_ in step["rounds"]:
            yield from _round(report, step, round_)


def _elements(report: Report) -> Iterator[str]:
    """What the sentence means here: for each element that has any, its words and its line."""
    found = []
    for element in report.elements:
        words = [text_at(report.text, m["start"], m["end"]) for m in report.marks if m["element"] == element["key"]]
        said = "; ".join(escape(each) for each in words)
        if said or element["line"]:
            line = f": {escape(element['line'])}" if element["line"] else ""
            found.append(f"- **{escape(element['name'])}**" + (f" ({said})" if said else "") + line)
    if found:
        yield ""
        yield "## " + _("What it means here")
        yield ""
        yield from found


def _whose_words(report: Report) -> Iterator[str]:
    """The sentence in the runs of letters that came from one person each.

    A name stands where its owner put it. The others are numbered as they appear: a seat tells who came when.
    """
    if not report.whose:
        return
    yield ""
    yield "## " + _("Whose words")
    yield ""
    start = 0
    nameless = list(dict.fromkeys(run["seat"] for run in report.whose if run["seat"] not in {0, *report.names}))
    for run in report.whose:
        end = start + run["units"]
        said = escape(text_at(report.text, start, end))
        if run["seat"] in report.names:
            who = escape(report.names[run["seat"]])
        elif run["seat"]:
            who = _("Person %(number)d") % {"number": nameless.index(run["seat"]) + 1}
        else:
            who = _("the facilitator")
        if said:
            yield f"- {said}: {who}"
        start = end


def text_at(text: str, start: int, end: int) -> str:
    """The words between two places, counted in UTF-16 units."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _round(report: Report, step: dict[str, Any], round_: dict[str, Any]) -> Iterator[str]:
    body = [
        *_cards(round_),
        *_sample(round_),
        *_proposals(report, round_),
        *_result(round_),
        *_tagged(round_),
        *_draft(report, round_),
        *_decision(round_),
    ]
    if not body:
        return
    again = _(", round %(number)d") % {"number": round_["number"]} if round_["number"] > 1 else ""
    yield ""
    yield f"### {kinds.get(step['kind']).name}{again}"
    yield ""
    if step["prompt"]:
        yield f"*{escape(step['prompt'])}*"
        yield ""
    yield from body


def _cards(round_: dict[str, Any]) -> Iterator[str]:
    for card in round_.get("cards", ()):
        times = f" ×{card['count']}" if card["count"] > 1 else ""
        yield f"- {escape(card['text'])}{times}"


def _sample(round_: dict[str, Any]) -> Iterator[str]:
    if sample := round_.get("sample"):
        yield f"{escape(sample['text'])} ({escape(sample['author'])})"


def _proposals(report: Report, round_: dict[str, Any]) -> Iterator[str]:
    for proposal in round_.get("proposals", ()):
        name = report.names.get(proposal["seat"])
        yield f"- {escape(proposal['text'])}" + (f" ({escape(name)})" if name else "")


def _result(round_: dict[str, Any]) -> Iterator[str]:
    for entry in round_.get("result", ()):
        chosen = " **" + _("We built on it.") + "**" if entry["chosen"] else ""
        hands = _(", %(n)d of them counted by hand") % {"n": entry["hands"]} if entry["hands"] else ""
        yield f"- {entry['support']}{hands}: {escape(entry['text'])}{chosen}"
    if round_.get("result"):
        yield ""
        ballots = round_["ballots"]
        yield ngettext("%(n)d ballot", "%(n)d ballots", ballots) % {"n": ballots} + "."
    verdict = round_.get("verdict")
    if verdict:
        how = _("Two or more were level; we kept all of them.")
        if verdict["how"] == "facilitator":
            how = _("Two or more were level; the facilitator chose: %(why)s") % {"why": escape(verdict["reason"])}
        yield how


def _tagged(round_: dict[str, Any]) -> Iterator[str]:
    for seen in round_.get("tagged", ()):
        yield f"- {escape(seen['text'])}"
        for element in (element for element in seen["elements"] if element["asked"]):
            share = _("%(seen)d of %(asked)d see it") % {"seen": element["seen"], "asked": element["asked"]}
            yield f"  - {escape(element['name'])}: {share}"
        if seen["alpha"] is not None:
            alpha = _("How far the readers agree (Krippendorff’s alpha over words, 1 is fully): %(alpha).2f")
            yield "  - " + alpha % {"alpha": seen["alpha"]}


def _decision(round_: dict[str, Any]) -> Iterator[str]:
    decision = round_.get("decision")
    if decision is None:
        return
    yield escape(decision["text"])
    yield ""
    if decision["levels"]:
        for level in decision["levels"]:
            name, adds = LEVELS[level["level"]]
            hands = _(", %(n)d of them counted by hand") % {"n": level["hands"]} if level["hands"] else ""
            yield f"- {level['count']}{hands}: {name} ({adds})"
    else:
        yield f"- {in_words(decision['sides'])}"
    yield ""
    yield _(
        "%(answers)d of %(people)d answered, where %(answers_needed)d would do; %(for)d support it, where %(needed)d "
        "would do."
    ) % {**decision, **decision["sides"]}
    if decision["reservations"]:
        count = decision["reservations"]
        had = ngettext("%(n)d reservation", "%(n)d reservations", count) % {"n": count}
        yield _("%(reservations)s, %(settled)d settled.") % {"reservations": had, "settled": decision["settled"]}
    for objection in decision["objections"]:
        of = f"“{escape(objection['quotation'])}”: " if objection["quotation"] else ""
        says = f" {escape(objection['words'])}" if objection["words"] else ""
        state = " " + _("(settled)") if objection["settled"] else ""
        yield f"- {of}{REASONS[objection['reason']]}.{says}{state}"


def _draft(report: Report, round_: dict[str, Any]) -> Iterator[str]:
    if "authors" not in round_:
        return
    yield escape(round_["text"])
    yield ""
    hands = {run["seat"] for run in round_["authors"] if run["units"]}
    named = sorted(escape(report.names[seat]) for seat in hands if seat in report.names)
    yield ngettext("%(n)d person’s words are in it", "%(n)d people’s words are in it", len(hands)) % {
        "n": len(hands)
    } + (_(", among them %(names)s.") % {"names": " · ".join(named)} if named else ".")
