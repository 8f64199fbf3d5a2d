"""Which letters the poster's fonts have, so that no empty box is ever printed: what is missing is said beforehand."""

from functools import lru_cache
from pathlib import Path

import regex
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from fontTools.ttLib import TTCollection, TTFont, TTLibError

SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
OF_THE_SERIF = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic", "cyrillic-ext")
OURS = (*OF_THE_SERIF, "arabic", "hebrew", "devanagari", "thai")

# Nothing is drawn for them.
_UNDRAWN = regex.compile(r"[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]")

SCRIPTS = {
    "Hiragana": _("Japanese"),
    "Katakana": _("Japanese"),
    "Hangul": _("Korean"),
    "Han": _("Chinese or Japanese"),
    "Bengali": _("Bengali"),
    "Tamil": _("Tamil"),
    "Telugu": _("Telugu"),
    "Gujarati": _("Gujarati"),
    "Gurmukhi": _("Punjabi"),
    "Armenian": _("Armenian"),
    "Georgian": _("Georgian"),
    "Ethiopic": _("Amharic"),
    "Khmer": _("Khmer"),
    "Myanmar": _("Burmese"),
    "Sinhala": _("Sinhala"),
}
"""Unicode script → what people call it."""


def families() -> tuple[list[str], list[str]]:
    """The fonts in the order in which a letter is looked for in them: for the sentence, and for everything else."""
    emoji = [f"Poster emoji {number}" for number in range(10)]
    serif = [f"Poster {script}" for script in OURS]
    return serif + emoji, ["Poster sans latin", "Poster sans latin-ext", *serif, *emoji]


def missing(letters: set[str]) -> list[str]:
    """Those that no font has, in order."""
    known = covered(tuple(settings.POSTER_FONT_FOLDERS))
    return sorted(letter for letter in letters if ord(letter) not in known and not _UNDRAWN.match(letter))


def scripts_of(letters: list[str]) -> list[str]:
    """What people call the scripts of these letters; others are named by the letter itself."""
    found = []
    for letter in letters:
        script = next((name for name in SCRIPTS if regex.match(rf"\p{{Script_Extensions={name}}}", letter)), None)
        found.append(str(SCRIPTS[script]) if script else f"“{letter}”")
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4)
def covered(folders: tuple[Path, ...]) -> frozenset[int]:
    """Every code point that a font in these folders has a glyph for."""
    found: set[int] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.suffix.lower() in SUFFIXES:
                found |= covered_by(path)
    return frozenset(found)


def covered_by(path: Path) -> set[int]:
    """Nothing for a file that is no font after all: typst passes over it, too."""
    try:
        with path.open("rb") as file:
            fonts = TTCollection(file).fonts if path.suffix.lower() in (".ttc", ".otc") else [TTFont(file, lazy=True)]
            return {letter for font in fonts for letter in font.getBestCmap() or {}}
    except (TTLibError, OSError):
        return set()
