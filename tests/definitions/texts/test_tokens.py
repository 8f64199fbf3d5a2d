import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.texts.tokens import Token, pieces, spans_of, tokens, utf16_length, word_count, words_in

CURTIN = (
    "Customer service is a voluntary act that demonstrates a genuine desire to satisfy, if not delight, a customer."
)


def test_the_sample_has_the_eighteen_words_that_the_ruler_marks() -> None:
    assert word_count(CURTIN) == 18


TEXTS = [
    ("", []),
    (" \n … — !", []),
    ("We care.", ["We", "care"]),
    ("don't", ["don't"]),
    ("don’t", ["don’t"]),
    ("'quoted'", ["quoted"]),
    ("the guests' own", ["the", "guests", "own"]),
    ("follow-up", ["follow-up"]),
    ("non‑breaking", ["non‑breaking"]),
    ("stop- start -go", ["stop", "start", "go"]),
    ("rock 'n' roll", ["rock", "n", "roll"]),
    ("24/7", ["24", "7"]),
    ("e-mail, then-then--what", ["e-mail", "then-then", "what"]),
    ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
    ("snake_case", ["snake", "case"]),
    ("顧客", ["顧", "客"]),
    ("おもてなし", ["お", "も", "て", "な", "し"]),
    ("サービス", ["サ", "ー", "ビ", "ス"]),
    ("か\u309a客", ["か\u309a", "客"]),
    ("A客b", ["A", "客", "b"]),
    ("고객 서비스", ["고객", "서비스"]),
    ("خدمة العملاء", ["خدمة", "العملاء"]),
    ("ग्राहक सेवा", ["ग्राहक", "सेवा"]),
    ("we 😀 care", ["we", "care"]),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_words_are_found_in_any_script(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens(text)] == words
    assert word_count(text) == len(words)


def test_places_count_utf_16_units_as_browsers_do() -> None:
    assert tokens("😀 we\n𝒷𝑒 it") == [Token(3, 5, "we"), Token(6, 10, "𝒷𝑒"), Token(11, 13, "it")]


@pytest.mark.parametrize("text", ["", "We care.", "😀 we\n𝒷𝑒 it", "👍🏽 cafe\u0301 顧客"])
def test_a_token_s_place_holds_its_word(text: str) -> None:
    units = text.encode("utf-16-le")
    assert len(units) == 2 * utf16_length(text)
    for token in tokens(text):
        assert units[2 * token.start : 2 * token.end].decode("utf-16-le") == token.word


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node")
def test_browsers_find_the_same_words() -> None:
    module = Path(__file__).resolve().parents[3] / "static/js/parts/words.js"
    program = (
        f"import {{ words, wordCount }} from {json.dumps(module.as_uri())};"
        f"const texts = {json.dumps([text for text, _words in TEXTS])};"
        "console.log(JSON.stringify(texts.map((text) => [wordCount(text), words(text)])));"
    )
    command = ["node", "--input-type=module", "--eval", program]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert found == [
        [len(words), [{"start": token.start, "end": token.end} for token in tokens(text)]] for text, words in TEXTS
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", []),
        ("We care.", [("We", 0), (" ", None), ("care.", 1)]),
        ("“Kind” — always", [("“Kind”", 0), (" ", None), ("—", None), (" ", None), ("always", 1)]),
        ("and/or", [("and/", 0), ("or", 1)]),
        ("笑顔で", [("笑", 0), ("顔", 1), ("で", 2)]),
        ("Hi,\nyou", [("Hi,", 0), ("\n", None), ("you", 1)]),
        ("…", [("…", None)]),
    ],
)
def test_a_text_in_pieces_that_can_be_tapped(text: str, shown: list[tuple[str, int | None]]) -> None:
    assert [(piece.text, piece.word) for piece in pieces(text)] == shown


@given(st.text())
def test_pieces_are_the_whole_text_and_number_its_words(text: str) -> None:
    found = pieces(text)
    assert "".join(piece.text for piece in found) == text
    assert [piece.word for piece in found if piece.word is not None] == list(range(len(tokens(text))))


@given(st.text(), st.sets(st.integers(0, 40)))
def test_words_and_spans_say_the_same(text: str, numbers: set[int]) -> None:
    found = tokens(text)
    words = {number for number in numbers if number < len(found)}
    assert words_in(found, spans_of(found, words)) == words
