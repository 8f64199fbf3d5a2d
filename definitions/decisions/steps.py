"""The step kind Close."""

from django.utils.translation import gettext_lazy as _

from definitions.elements.queries.lines import my_piece
from workshop.sessions import kinds

from . import commands

CLOSE = kinds.Kind(
    slug="close",
    name=_("Close"),
    summary=_("A line for each element, spelling, a photo; then sealed"),
    prompt=_("Let's read it aloud together"),
    say=_("Let's read it aloud together."),
    watch=_("Packing up: photo first."),
    minutes=4,
    asks=False,
    seals=True,
    sources=("draft", "vote", "propose"),
    on_open=commands.open_closing,
    mine=my_piece,
)


def register() -> None:
    kinds.register(CLOSE)
