"""The poster as a file: PDF, PNG or SVG, by typst. The words go in as JSON, never as markup."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import typst
from django.conf import settings

from .fonts import families
from .poster import FACES, PAPERS, RIMS, Poster, lit
from .report import Report

TEMPLATE = Path(__file__).parent / "poster.typ"
FORMATS = {"pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"}
DOTS_AN_INCH = 200

_PIECE = re.compile(r'<path id="p-(\w)"[^>]*? d="([^"]+)"')


def as_poster(report: Report, *, paper: str, file_format: str) -> bytes:
    """One page. `paper` is one of PAPERS, `file_format` one of FORMATS."""
    serif, sans = families()
    data = {
        **Poster(report).data(),
        "size": PAPERS[paper],
        "filled": file_format != "pdf",  # what is printed has its own paper; a tint would be dots on it
        "fonts": {"serif": serif, "sans": sans},
        "puzzle": puzzle(lit(report)),
    }
    return typst.compile(
        TEMPLATE,
        font_paths=_fonts(),
        format=cast(Literal["pdf", "png", "svg"], file_format),
        ppi=DOTS_AN_INCH,
        sys_inputs={"poster": json.dumps(data)},
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [folder for folder in settings.POSTER_FONT_FOLDERS if folder.is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(f) for f in folders])


def puzzle(in_place: str) -> str:
    """The seven pieces as a picture of their own; those that are not in place are outlines."""
    found = _PIECE.findall((settings.BASE_DIR / "static/img/puzzle.svg").read_text())
    sides = [
        f'<path d="{path}" fill="{RIMS[hue]}" transform="translate(0 26)"/>' for hue, path in found if hue in in_place
    ]
    faces = [
        f'<path d="{path}" fill="{FACES[hue]}" stroke="{RIMS[hue]}" stroke-width="8"/>'
        if hue in in_place
        else f'<path d="{path}" fill="none" stroke="#857A68" stroke-width="8"/>'
        for hue, path in found
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 1212 728">{"".join(sides + faces)}</svg>'
