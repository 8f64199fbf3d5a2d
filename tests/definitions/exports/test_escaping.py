"""What people wrote is data: in Markdown nothing of it becomes markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.exports.as_markdown import as_markdown, escape
from definitions.exports.report import Report

HOSTILE = [
    "# heading", "Setext\n===", "Setext\n---", "- item", "+ item", "* item", "1. item", "1) item", "> quote",
    "```\ncode\n```", "~~~\ncode", "    code", "\tcode", "`code`", "*em*", "__strong__", "~~gone~~",
    "[link](javascript:alert(1))", "![image](http://evil.example/x.png)", "[ref]: http://evil.example", "[ref][ref]",
    "<script>alert(1)</script>", "<!-- comment", "<http://evil.example>", "http://evil.example", "www.evil.example",
    "&lt;script&gt;", "&#60;", "a | b\n--|--", "| a | b |", "\\", "back\\slash", "\\*", "***", "---", "___",
    "- [ ] todo", "two  \nlines", "$x$", "{: .class}", "[^1]", "Term\n: definition",
]  # fmt: skip
MARKUP = set("\\`*_{}[]()#+-.!|<>~&=:")


def read(escaped: str) -> str:
    """As a reader of Markdown takes backslashes away; fails where something is left that it could take for markup."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped)
    assert set(bare) & MARKUP == set()
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_on_one_line(text: str) -> None:
    escaped = escape(text)
    assert read(escaped) == " ".join(text.split())
    assert escaped.splitlines() == [escaped]


@given(st.text())
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    assert read(escape(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_the_same_document_as_harmless_text_wherever_it_stands(text: str) -> None:
    def document(words: str) -> list[str]:
        return as_markdown(a_report(words)).decode().splitlines()

    hostile = [line.replace(escape(text), "WORDS") for line in document(text)]
    expected = document("WORDS")
    if len(text.splitlines()) > 1:  # the sentence itself keeps its lines, each a line of the quotation
        lines = [f"> {escape(line)}" for line in text.splitlines()]
        at = next(number for number, line in enumerate(expected) if line == "> WORDS")
        expected[at : at + 1] = lines
    assert hostile == expected


def a_report(words: str) -> Report:
    """A report that says these words wherever people's words can stand."""
    rounds: dict[str, dict[str, Any]] = {
        "key-words": {"cards": [{"text": words, "count": 2}]},
        "propose": {"proposals": [{"id": "p", "text": words, "words": 1, "seat": 1}]},
        "vote": {
            "ballots": 1,
            "result": [{"text": words, "proposal": "p", "support": 1, "hands": 1, "chosen": True}],
            "verdict": {"how": "facilitator", "reason": words},
        },
        "draft": {"text": words, "authors": [{"units": 1, "seat": 1}]},
    }
    steps = [{"kind": kind, "prompt": words, "rounds": [{"number": 1, **found}]} for kind, found in rounds.items()]
    element = {"key": "act", "letter": "A", "hue": "a", "name": words, "phrase": words, "line": words}
    mark = {"start": 0, "end": len(words.encode("utf-16-le")) // 2, "element": "act"}
    return replace(
        EMPTY, title=words, text=words, signers=(words,), names={1: words}, steps=tuple(steps), elements=(element,),
        marks=(mark,),
    )  # fmt: skip


EMPTY = Report(
    title="", customer_word="", text="", words=1, outcome="agreed", outcome_label="Agreed",
    agreed_at=datetime(2026, 5, 4, tzinfo=UTC), started_at=None, people=1, signers=(), names={}, steps=(),
)  # fmt: skip


def test_a_document_with_nothing_in_it_has_no_empty_headings() -> None:
    assert as_markdown(replace(EMPTY, title="Front desk", text="We care")).decode() == (
        "# Front desk\n\n> We care\n\nAgreed, May 4, 2026. 1 person took part.\n\n## How it came about\n"
    )
