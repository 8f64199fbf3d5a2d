"""Cuts the web fonts to what each audience needs.

The desk and the screen get the variable fonts as published. A phone gets two much smaller files (one upright serif,
one sans), since fonts are most of what it loads first. Each of them has a second file for the names that Latin-1
cannot spell; a browser loads it only when such a letter is on the page, if the style sheet gives both their
`unicode-range`:

    latin      U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329,
               U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD
    latin-ext  U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F,
               U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF
"""

from pathlib import Path
from shutil import copyfile

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4-{}-opsz-{}.woff2"
SANS = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-{}-wght-{}.woff2"

PUBLISHED = {
    "source-serif-4.woff2": SERIF.format("latin", "normal"),
    "source-serif-4-ext.woff2": SERIF.format("latin-ext", "normal"),
    "source-serif-4-italic.woff2": SERIF.format("latin", "italic"),
    "source-serif-4-italic-ext.woff2": SERIF.format("latin-ext", "italic"),
    "atkinson.woff2": SANS.format("latin", "normal"),
    "atkinson-ext.woff2": SANS.format("latin-ext", "normal"),
}

LATIN_1 = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
# Spaces, dashes, quotes, bullet, ellipsis, primes, guillemets, ligature letters, euro, trade mark, arrows, minus.
PUNCTUATION = [*range(0x2000, 0x2010), *range(0x2010, 0x2028), 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044]
PUNCTUATION += [0x131, 0x152, 0x153, 0x2BC, 0x2C6, 0x2DA, 0x2DC, 0x20AC, 0x2122, 0x2191, 0x2193, 0x2212, 0xFFFD]
LATIN_EXTENDED_A = [*range(0x100, 0x180), 0x218, 0x219, 0x21A, 0x21B, 0x1E9E]

Axes = dict[str, int | tuple[int, int]]
# A phone shows the serif at about 22 px in one weight; the sans as text and as bold labels.
SERIF_CUT: Axes = {"opsz": 22, "wght": 400}
SANS_CUT: Axes = {"wght": (400, 700)}

PHONE = {
    "source-serif-4-phone.woff2": (SERIF.format("latin", "normal"), SERIF_CUT, LATIN_1 + PUNCTUATION),
    "source-serif-4-phone-ext.woff2": (SERIF.format("latin-ext", "normal"), SERIF_CUT, LATIN_EXTENDED_A),
    "atkinson-phone.woff2": (SANS.format("latin", "normal"), SANS_CUT, LATIN_1 + PUNCTUATION),
    "atkinson-phone-ext.woff2": (SANS.format("latin-ext", "normal"), SANS_CUT, LATIN_EXTENDED_A),
}


def build(packages: Path, folder: Path) -> None:
    """Write every font file into `folder`, from the packages in `packages` (node_modules)."""
    for name, source in PUBLISHED.items():
        copyfile(packages / source, folder / name)
    for name, (source, axes, characters) in PHONE.items():
        cut(packages / source, axes, characters).save(folder / name)


def cut(source: Path, axes: Axes, characters: list[int]) -> TTFont:
    options = Options(hinting=False, notdef_outline=True)
    # tnum is figures of one width: a timer stands still.
    options.layout_features = ["kern", "liga", "locl", "tnum"]
    # Only the copyright and the licence: a changed font may not bear the reserved name, and nobody sees it here.
    options.name_IDs = [0, 13, 14]
    font = TTFont(source)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font = instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    return font
