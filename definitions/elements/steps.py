"""The step kinds that work with elements."""

from django.utils.translation import gettext_lazy as _

from workshop.sessions import kinds
from workshop.sessions.models import Step

from . import published
from .commands import sets, tagging
from .queries import lamps, samples
from .queries import tagging as tags

SAMPLES = kinds.Kind(
    slug="samples",
    name=_("Samples"),
    summary=_("A published definition, taken apart"),
    prompt=_("One published definition, taken apart"),
    say=_("One person’s answer, in pieces. Not our target."),
    watch=_("“Service is mandatory here”: note it, and move on."),
    minutes=4,
    asks=False,
    options=(
        kinds.Option(
            "sample",
            _("The definition"),
            _("The elements that it is taken apart into are the meeting’s own."),
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


def _has_texts(step: Step) -> bool:
    return bool(tags.texts_for(step))


TAG = kinds.Kind(
    slug="tag",
    name=_("Tag"),
    summary=_("Which words say what?"),
    prompt=_("Which words answer the question?"),
    say=_("Which words answer the question? “Not here” is fine."),
    watch=_("Arguing who’s right."),
    minutes=4,
    reveals=True,
    sources=("vote", "propose"),
    on_open=tagging.open_tagging,
    fits=_has_texts,
    mine=tags.my_tags,
    pages=tags.pages,
    page_name=tags.page_name,
    so_far=tags.tags_so_far,
    report=tags.tag_report,
)


def register() -> None:
    kinds.register(SAMPLES)
    kinds.register(TAG)
    kinds.join("draft", LAMPS)
