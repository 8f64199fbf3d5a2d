"""The step kinds that work with elements."""

from django.utils.translation import gettext_lazy as _

from workshop.sessions import kinds

from . import published
from .commands import sets
from .queries import lamps, samples

SAMPLES = kinds.Kind(
    slug="samples",
    name=_("Samples"),
    summary=_("A published definition, taken apart"),
    prompt=_("One published definition, taken apart"),
    say=_("One person's answer, in pieces. Not our target."),
    watch=_("“Service is mandatory here”: note it, and move on."),
    minutes=4,
    asks=False,
    options=(
        kinds.Option(
            "sample",
            _("The definition"),
            _("The elements that it is taken apart into are the meeting's own."),
            "",
            choices=(
                ("", _("The one that the elements come with")),
                *((sample.slug, f"{sample.author}: {sample.text}") for sample in published.SAMPLES),
            ),
        ),
        kinds.Option("whole", _("All pieces at once"), _("For a short meeting"), False),
    ),
    on_open=sets.copy_once,
    pages=samples.pages,
    page_name=samples.page_name,
    report=samples.samples_report,
)

LAMPS = kinds.Joined(
    options=(
        kinds.Option(
            "lamps",
            _("Look for the elements"),
            _("People say where they see each; its lamp lights when enough of them do"),
            True,
        ),
    ),
    on_open=sets.copy_once,
    mine=lamps.mine,
    report=lamps.draft_elements,
)


def register() -> None:
    kinds.register(SAMPLES)
    kinds.join("draft", LAMPS)
