"""The welcome step: names arrive, and the promise is made."""

from django.utils.translation import gettext_lazy as _

from . import kinds

WELCOME = kinds.Kind(
    slug="welcome",
    name=_("Welcome"),
    summary=_("Names on the screen, the promise"),
    prompt=_("Nobody has the one right answer. The one that we write together will be right for us."),
    say=_("Nobody has the one right answer. The one that we write together will be right for us."),
    watch=_("A manager in the room: writes now, speaks last."),
    minutes=2,
    asks=False,
)


def register() -> None:
    kinds.register(WELCOME)
