"""Makes the fonts that the poster is set in: plain TrueType, each file a family of its own.

Typst takes neither woff2 nor an axis, and of two files with one family's name it would see only one. A poster names
all of them in turn (definitions/exports/poster.typ), so each letter comes from the first that has it.

Chinese, Japanese and Korean are not among them: each is 8 to 12 MB. POSTER_FONTS names a folder for those.
"""

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SOURCE_SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4-{}-opsz-{}.woff2"
ATKINSON = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-{}-wght-normal.woff2"
SUBSETS = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic", "cyrillic-ext")
NOTO = {
    "arabic": "@fontsource-variable/noto-naskh-arabic/files/noto-naskh-arabic-arabic-wght-normal.woff2",
    "hebrew": "@fontsource-variable/noto-serif-hebrew/files/noto-serif-hebrew-hebrew-wght-normal.woff2",
    "devanagari": "@fontsource-variable/noto-serif-devanagari/files/noto-serif-devanagari-devanagari-wght-normal.woff2",
    "thai": "@fontsource-variable/noto-serif-thai/files/noto-serif-thai-thai-wght-normal.woff2",
}
EMOJI = "@fontsource-variable/noto-emoji/files/noto-emoji-{}-wght-normal.woff2"

VARIATIONS = ("fvar", "gvar", "avar", "HVAR", "VVAR", "MVAR", "cvar", "STAT")
Axes = dict[str, float | tuple[float, float] | None]


def build(packages: Path, folder: Path) -> None:
    def make(name: str, source: str, axes: Axes, family: str) -> None:
        make_font(packages / source, axes, family).save(folder / f"{name}.ttf")

    for subset in SUBSETS:
        # Large for the sentence, small and slanted for the names: two cuts of one design.
        make(f"serif-{subset}", SOURCE_SERIF.format(subset, "normal"), {"opsz": 48, "wght": 400}, f"Poster {subset}")
        italic = SOURCE_SERIF.format(subset, "italic")
        make(f"italic-{subset}", italic, {"opsz": 16, "wght": 400}, f"Poster {subset}")
    for subset in ("latin", "latin-ext"):
        for weight in (400, 700):
            make(f"sans-{subset}-{weight}", ATKINSON.format(subset), {"wght": weight}, f"Poster sans {subset}")
    for script, source in NOTO.items():
        make(script, source, {"wght": 400}, f"Poster {script}")
    for number in range(10):
        make(f"emoji-{number}", EMOJI.format(number), {}, f"Poster emoji {number}")


def make_font(source: Path, axes: Axes, family: str) -> TTFont:
    """The font at these places of its axes; none: as it is drawn, which takes no time."""
    font = TTFont(source)
    if axes:
        font = instantiateVariableFont(font, axes)
    for table in [table for table in VARIATIONS if table in font]:
        del font[table]
    # A changed font may not bear the reserved name; style and weight stand in its other tables.
    for name in list(font["name"].names):
        if name.nameID in (1, 16, 4, 6):
            font["name"].removeNames(name.nameID, name.platformID, name.platEncID, name.langID)
    for name_id in (1, 16, 4):
        font["name"].setName(family, name_id, 3, 1, 0x409)
    font["name"].setName(family.replace(" ", ""), 6, 3, 1, 0x409)
    font.flavor = None
    return font
