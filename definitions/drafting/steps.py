"""The step kind Draft."""

from django.utils.translation import gettext_lazy as _

from workshop.sessions import kinds

from . import commands, queries

DRAFT = kinds.Kind(
    slug="draft",
    name=_("Draft"),
    summary=_("One text, written together"),
    prompt=_("Make it ours, all together"),
    say=_("Three hold pens; everyone steers."),
    watch=_("One voice: pass a pen."),
    minutes=9,
    sources=("vote", "propose"),
    on_open=commands.open_draft,
    on_close=commands.close_draft,
    mine=queries.mine,
    report=queries.report,
)


def register() -> None:
    kinds.register(DRAFT)
