"""The poster: what it says, and what the files say when they are read back."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.conf import settings

from definitions.elements.published import DEFAULT_SET
from definitions.elements.spans import placed
from definitions.exports import fonts
from definitions.exports.as_poster import as_poster, puzzle
from definitions.exports.poster import Poster, breakable, is_rtl, lit
from definitions.exports.report import Report
from tests.definitions.exports.test_escaping import HOSTILE

SENTENCE = "Customer service is choosing to act on what a guest needs, with honest care."
MARKS = [("choosing", "voluntary"), ("act on", "act"), ("honest care", "genuine"), ("care", "desire")]
POINTS_A_MM = 72 / 25.4


def a_poster(text: str = SENTENCE, marks: list[tuple[str, str]] | None = None, **fields: Any) -> Report:
    lines: dict[str, str] = fields.pop("lines", {})
    elements = tuple(
        {
            "key": each.key,
            "letter": each.letter,
            "hue": each.hue,
            "name": str(each.name),
            "phrase": str(each.phrase),
            "line": lines.get(each.key, ""),
        }
        for each in DEFAULT_SET.elements
    )
    found = placed(text, MARKS if marks is None else marks)
    plain = Report(
        title="Front desk", customer_word="guest", text=text, words=14, outcome="agreed", outcome_label="Agreed",
        agreed_at=datetime(2026, 11, 21, tzinfo=UTC), started_at=None, people=18, signers=("Amara", "Ben"), names={},
        steps=(), elements=elements, marks=tuple({"start": s.start, "end": s.end, "element": s.mark} for s in found),
    )  # fmt: skip
    return replace(plain, **fields)


def read(made: bytes) -> str:
    """The text of a PDF without blanks, hyphens and what nobody sees: where a line ends is the layout's."""
    document = pypdfium2.PdfDocument(made)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    return bare(text)


def bare(text: str) -> str:
    return re.sub(r"[\s\u2060\u200b\ufffe-]", "", text)


def pdf(report: Report, paper: str = "a4") -> str:
    return read(as_poster(report, paper=paper, file_format="pdf"))


# What it says


def test_the_sentence_is_in_pieces_with_strokes_behind_them_and_letters_where_an_element_ends() -> None:
    (line,) = Poster(a_poster()).data()["lines"]
    assert [(piece["text"], piece["hues"], piece["letters"]) for piece in line] == [
        ("Customer service is ", [], ""),
        ("choosing", ["v"], "V"),
        (" to ", [], ""),
        ("act on", ["a"], "A"),
        (" what a guest needs, with ", [], ""),
        ("honest ", ["g"], ""),
        ("care", ["g", "e"], "GE"),
        (".", [], ""),
    ]


def test_a_stroke_over_the_end_of_a_line_has_its_letter_on_the_second() -> None:
    lines = Poster(a_poster("We help\nat once", [("help\nat once", "act")])).data()["lines"]
    assert [[(piece["text"], piece["letters"]) for piece in line] for line in lines] == [
        [("We ", ""), ("help", "")],
        [("at once", "A")],
    ]


def test_marks_of_an_element_that_the_meeting_does_not_have_are_left_out() -> None:
    (line,) = Poster(a_poster(marks=[("care", "no-such")])).data()["lines"]
    assert [(piece["hues"], piece["letters"]) for piece in line] == [([], "")]


def test_each_element_has_the_line_that_was_picked_and_else_its_plain_phrase() -> None:
    data = Poster(a_poster(lines={"genuine": "We say what is true."})).data()
    says = {each["letter"]: (each["says"]["text"], each["picked"]) for each in data["elements"]}
    assert (says["G"], says["V"]) == (("We say what is true.", True), ("nobody made us", False))


def test_without_marks_and_lines_there_is_no_list_of_elements() -> None:
    assert Poster(a_poster(marks=[])).data()["elements"] == []


@pytest.mark.parametrize(
    ("outcome", "label", "caution", "says"),
    [
        ("agreed", "Agreed", "", "Agreed by 18 people"),
        ("working-sentence", "A working sentence", "A working sentence", "18 people took part"),
        ("facilitators-call", "The facilitator’s call", "The facilitator’s call", "18 people took part"),
        ("agreed-with-reservations", "With reservations", "With reservations", "18 people took part"),
    ],
)
def test_only_what_was_agreed_is_called_agreed(outcome: str, label: str, caution: str, says: str) -> None:
    data = Poster(a_poster(outcome=outcome, outcome_label=label)).data()
    assert (data["caution"], data["outcome"]) == (caution, says)
    told = pdf(a_poster(outcome=outcome, outcome_label=label))
    assert (bare(label) in told, bare(says) in told) == (True, True)


def test_it_says_in_one_line_how_the_sentence_came_about() -> None:
    rounds: list[dict[str, Any]] = [
        {"cards": [{"text": "care", "count": 3}, {"text": "smile", "count": 1}]},
        {"proposals": [{}, {}]},
        {"ballots": 1},
        {"authors": [{"units": 4, "seat": 1}, {"units": 2, "seat": 0}, {"units": 0, "seat": 3}]},
    ]
    data = Poster(a_poster(steps=({"kind": "any", "rounds": rounds},))).data()
    assert data["how"] == "4 key words · 2 sentences · 1 ballot · 2 people’s words are in it"


def test_pieces_are_in_place_for_elements_that_are_marked_and_all_of_them_where_nobody_looked() -> None:
    assert (lit(a_poster()), lit(a_poster(marks=[]))) == ("vage", "vadgesc")
    assert (puzzle("v").count('fill="none"'), puzzle("vadgesc").count('fill="none"')) == (6, 0)


@pytest.mark.parametrize(
    ("text", "rtl"), [("We care", False), ("نساعد", True), ("לעזור", True), ("1. «נעזור»", True), ("123", False)]
)
def test_direction_is_that_of_the_first_letter_that_has_one(text: str, rtl: bool) -> None:
    assert is_rtl(text) is rtl


def test_only_a_word_that_no_line_can_hold_may_break_inside() -> None:
    compound = "Donaudampfschifffahrtsgesellschaftskapitänsmützenhilfe"
    assert breakable(f"We {compound}") == f"We {compound}"
    assert breakable("a" * 65).split("\u200b") == ["a" * 12] * 5 + ["a" * 5]
    assert breakable("ก" * 90) == "ก" * 90


def test_a_word_too_long_for_its_column_breaks_and_does_not_run_into_the_next() -> None:
    line = "Kundenzufriedenheitsverbesserungsvorschlag"
    (element, *_others) = Poster(a_poster(lines={"voluntary": line})).data()["elements"]
    assert element["says"]["text"].split("\u200b") == ["Kundenzufrie", "denheitsverb", "esserungsvor", "schlag"]


# The files


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("us-letter", (215.9, 279.4)), ("a3", (297, 420))])
def test_a_poster_is_one_page_of_its_paper(paper: str, size: tuple[float, float]) -> None:
    document = pypdfium2.PdfDocument(as_poster(a_poster(), paper=paper, file_format="pdf"))
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx([side * POINTS_A_MM for side in size], abs=0.5)


def test_everything_is_on_it() -> None:
    reservation = {"says": "Some guests come with bad news.", "quotation": "leave happier"}
    told = pdf(a_poster(lines={"act": "We do it now."}, reservations=(reservation,)))
    wanted = [
        "Front desk", "Customer service is choosingV to act onA what a guest needs, with honest careGE.", "Voluntary",
        "nobody made us", "We do it now.", "Satisfy, if not delight", "Some guests come with bad news.",
        "“leave happier”", "Amara\u00a0· Ben", "Agreed by 18 people", "Nov. 21, 2026",
    ]  # fmt: skip
    assert [words for words in wanted if bare(words) not in told] == []


LONG = "Customer service is what happens when somebody here notices another person and does one honest thing. " * 12
CROWD = tuple(f"Wilhelmina-Alexandra van den Heuvel {number}" for number in range(60))
FULL = {
    each.key: "We do something about it, however small, and we do it now, all of us. " for each in DEFAULT_SET.elements
}


@pytest.mark.parametrize("paper", ["a4", "us-letter", "a3"])
@pytest.mark.parametrize(
    "report",
    [
        a_poster("We care.", []),
        a_poster(LONG[:1200], []),
        a_poster(LONG[:1200], [("notices", "act")], signers=CROWD, lines=FULL),
        a_poster("a" * 1200, []),
        a_poster("Donaudampfschifffahrtsgesellschaftskapitänsmützenhilfe", []),
        a_poster("\n".join(["We care."] * 40), []),
    ],
    ids=["short", "long", "everything", "one word", "one long word", "forty lines"],
)
def test_however_much_there_is_all_of_it_is_on_one_page(report: Report, paper: str) -> None:
    document = pypdfium2.PdfDocument(as_poster(report, paper=paper, file_format="pdf"))
    page = document[0]
    assert len(document) == 1
    width, height = page.get_size()
    boxes = [found.get_bounds() for found in page.get_objects()]
    assert [box for box in boxes if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height] == []
    told = read(as_poster(report, paper=paper, file_format="pdf"))
    wanted = [*re.split(r"notices", report.text), *report.signers]
    assert [words for words in wanted if bare(words) not in told] == []


TYPST = [
    '#import "x.typ": *', "$x^2$", "]", "#]", "#panic()", "#text(red)[a]", "<label>", "@ref", "\\ \\u{41}", "/* x",
    "// x", "= Title", "- item", "`raw`", "#sys.inputs",
]  # fmt: skip


@pytest.mark.parametrize("words", TYPST)
def test_what_looks_like_the_templates_own_language_is_printed_as_it_was_written(words: str) -> None:
    report = a_poster(
        words,
        [],
        title=words,
        signers=(words,),
        lines={"act": words},
        reservations=({"says": words, "quotation": words},),
    )
    assert read(as_poster(report, paper="a4", file_format="pdf")).count(bare(words)) >= 5


@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_of_people_stops_the_poster(words: str) -> None:
    assert as_poster(a_poster(words, [], title=words, signers=(words,)), paper="a4", file_format="pdf")[:5] == b"%PDF-"


def test_as_a_picture_it_is_a_png_or_an_svg_without_a_script() -> None:
    png = as_poster(a_poster(), paper="a4", file_format="png")
    svg = as_poster(a_poster("<script>alert(1)</script>", []), paper="a4", file_format="svg")
    assert (png[:8], b"<script" in svg, b"<svg" in svg[:200]) == (b"\x89PNG\r\n\x1a\n", False, True)


# Scripts

SCRIPTS = {
    "Latin": "Dobrovoľný čin, żółć, ğüşıöç, đặng, Ærø, Straße, ŵŷ",
    "Greek": "Εξυπηρέτηση σημαίνει να διαλέγουμε",
    "Cyrillic": "Мы сами решаем помочь, їжак, љубав, қызмет",
    "Arabic": "خدمة العملاء هي أن نختار أن نساعد، پچگ",
    "Hebrew": "שירות לקוחות הוא לבחור לעזור",
    "Devanagari": "ग्राहक सेवा का अर्थ है अपनी इच्छा से मदद करना।",
    "Thai": "การบริการลูกค้าคือการเลือกที่จะช่วยเหลือ",
    "Vietnamese": "Phục vụ khách hàng là tự nguyện giúp đỡ",
    "Emoji": "We care 🙂❤️",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_of_these_scripts_is_drawn(script: str) -> None:
    text = SCRIPTS[script]
    assert fonts.missing(set(text)) == []
    made = pypdfium2.PdfDocument(as_poster(a_poster(text, []), paper="a4", file_format="pdf"))
    assert len(made) == 1


def test_letters_that_no_font_has_are_named_by_their_script() -> None:
    assert fonts.scripts_of(fonts.missing(set("We care: サービス"))) == ["Japanese"]
    assert fonts.scripts_of(fonts.missing(set("한국어"))) == ["Korean"]
    assert fonts.scripts_of(fonts.missing({"\U00012000"})) == ["“\U00012000”"]


def test_every_family_that_a_letter_is_looked_for_in_has_been_built() -> None:
    made = {path.name for path in Path(settings.POSTER_FONT_FOLDERS[0]).glob("*.ttf")}
    assert {f"serif-{subset}.ttf" for subset in fonts.OF_THE_SERIF} <= made
    assert {f"{script}.ttf" for script in fonts.OURS[len(fonts.OF_THE_SERIF) :]} <= made


def test_a_folder_of_ones_own_adds_what_its_fonts_have_and_other_files_in_it_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "notes.txt").write_text("サ")
    thai = Path(settings.POSTER_FONT_FOLDERS[0]) / "thai.ttf"
    (tmp_path / "thai.otf").write_bytes(thai.read_bytes())
    assert fonts.covered((tmp_path,)) == fonts.covered_by(thai)
    assert (ord("ก") in fonts.covered((tmp_path,)), ord("サ") in fonts.covered((tmp_path,))) == (True, False)
