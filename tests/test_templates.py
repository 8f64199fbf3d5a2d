"""What holds for every template: nothing inline, every sentence translatable, a fragment named as one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def without_comments(path: Path) -> str:
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", path.read_text(), flags=re.S)
    return re.sub(r"<!--.*?-->", "", text, flags=re.S)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_nothing_in_a_template_is_inline(path: Path) -> None:
    text = without_comments(path)
    found = [
        *re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text),
        *re.findall(r"<style[^>]*>", text),
        *re.findall(r"""\sstyle\s*=\s*["'{]""", text),
        *re.findall(r"""\s(?:hx-)?on[a-z:-]+\s*=\s*["'{]""", text),
        *re.findall(r"javascript:|data:text/html|https?://(?![^\s\"]*example)", text),
    ]
    assert found == []


NOT_WORDS = re.compile(  # what is typed or named the same in every language
    r"^(JSON|SVG|PNG|PDF|Markdown|Wi-Fi|ABCD|PageDown|PageUp|Space|python|manage|py|sign|in|link|you|example|org)$"
)


def words_of(path: Path) -> list[str]:
    """The words of a template that no translation would reach."""
    text = without_comments(path)
    text = re.sub(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", "", text, flags=re.S)
    text = re.sub(
        r"{%\s*block (body_class|body_attributes|html_attributes)\s*%}.*?{%\s*endblock[^%]*%}", "", text, flags=re.S
    )
    text = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    said = re.findall(r"""\b(?:title|aria-label|placeholder|alt)="([^"]*)\"""", text)
    said.append(re.sub(r"<[^>]*>", " ", text, flags=re.S))
    return [word for word in re.findall(r"[^\W\d_]{2,}", " ".join(said)) if not NOT_WORDS.match(word)]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_sentence_of_a_template_can_be_translated(path: Path) -> None:
    assert words_of(path) == []


def test_a_fragment_is_named_as_one() -> None:
    """A name with "_" first is a fragment: it stands in no page's inheritance. All others extend one."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in templates()
        if path.name.startswith("_") == bool(re.search(r"{%\s*extends|<!doctype", path.read_text(), re.I))
    ]
    assert wrong == []
