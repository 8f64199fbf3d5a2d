"""The step kinds that gather cards."""

from django.utils.translation import gettext_lazy as _

from workshop.sessions import kinds

from . import commands, queries

LOOK_FIRST = kinds.Option(
    "look_first",
    _("Look first"),
    _("Before the reveal you see the texts without names and can hide some. Phones say so before anyone writes."),
    False,
)

KEY_WORDS = kinds.Kind(
    slug="key-words",
    name=_("Key words"),
    summary=_("Alone and silent: words that must be in it"),
    prompt=_("When were you last served really well? What made it so?"),
    say=_("Alone, quiet, any language."),
    watch=_("Silence is work: wait."),
    minutes=5,
    reveals=True,
    paper="cards",
    options=(LOOK_FIRST,),
    why=_(
        "It comes before any example on purpose: seeing examples first narrows what people think of, and telling them "
        "to be different does not undo it (Smith, Ward and Schumacher, 1993)."
    ),
    on_open=commands.copy_earlier,
    mine=queries.mine,
    pages=queries.pages,
    so_far=queries.so_far,
    report=queries.report,
)


def register() -> None:
    kinds.register(KEY_WORDS)
