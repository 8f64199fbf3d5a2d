"""Element sets and sample definitions that others have published.

Names and definitions are their authors'; phrases, questions and explanations are this product's own.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PublishedElement:
    """`key` stays the same whatever a team calls the element; `hue` is its color, icon and puzzle piece."""

    key: str
    letter: str
    hue: str
    name: Any
    phrase: Any
    question: Any
    explanation: Any


@dataclass(frozen=True)
class PublishedSet:
    slug: str
    name: Any
    author: str
    sample: str
    elements: tuple[PublishedElement, ...]


@dataclass(frozen=True)
class Sample:
    """A published definition; `marks` says which of its words express an element: key → words."""

    slug: str
    text: str
    author: str
    marks: dict[str, str]


VOLUNTARY = PublishedElement(
    "voluntary",
    "V",
    "v",
    _("Voluntary"),
    _("nobody made us"),
    _("Which words say: nobody made us?"),
    _("No rule asks for it. Somebody sees a moment and decides to use it."),
)
ACT = PublishedElement(
    "act",
    "A",
    "a",
    _("Act"),
    _("we do something"),
    _("Which words say: we do something?"),
    _("A good intention stays invisible. Service begins when somebody moves."),
)
DEMONSTRATES = PublishedElement(
    "demonstrates",
    "D",
    "d",
    _("Demonstrates"),
    _("they can see it"),
    _("Which words say: they can see it?"),
    _("What we feel helps nobody until it shows, in what we say and in what we do."),
)
GENUINE = PublishedElement(
    "genuine",
    "G",
    "g",
    _("Genuine"),
    _("we mean it"),
    _("Which words say: we mean it?"),
    _("People can tell a script from a person. It counts when it is real."),
)
DESIRE = PublishedElement(
    "desire",
    "E",
    "e",
    _("Desire"),
    _("we want to"),
    _("Which words say: we want to?"),
    _("You have to want it. A rule can make us polite. It can’t make us care."),
)
SATISFY = PublishedElement(
    "satisfy",
    "S",
    "s",
    _("Satisfy, if not delight"),
    _("enough, or more"),
    _("Which words say: enough, or more?"),
    _("On most days, doing it right is plenty. Now and then there is room for more."),
)
CUSTOMER = PublishedElement(
    "customer",
    "C",
    "c",
    _("Customer"),
    _("for whom"),
    _("Which words say: for whom?"),
    _("Somebody in particular is better off afterward. Who is it?"),
)
DELIGHT = PublishedElement(
    "delight",
    "L",
    "s",
    _("Delight"),
    _("more than enough"),
    _("Which words say: more than enough?"),
    _("Everyone decides for themselves whether this moment gets a little extra."),
)
CONSISTENT = PublishedElement(
    "consistent",
    "C",
    "a",
    _("Consistent"),
    _("as expected, every time"),
    _("Which words say: as expected, every time?"),
    _("When it simply works, nobody notices. Everything else stands on that."),
)
STANDS_OUT = PublishedElement(
    "stands-out",
    "S",
    "g",
    _("Stands out"),
    _("something to remember"),
    _("Which words say: something to remember?"),
    _("A small extra that nobody asked for, and that people tell others about."),
)

SETS = (
    PublishedSet(
        "curtin-seven",
        _("Steve Curtin’s seven elements"),
        "Steve Curtin",
        "curtin",
        (VOLUNTARY, ACT, DEMONSTRATES, GENUINE, DESIRE, SATISFY, CUSTOMER),
    ),
    PublishedSet(
        "curtin-six",
        _("Steve Curtin’s earlier six"),
        "Steve Curtin",
        "curtin",
        (VOLUNTARY, ACT, GENUINE, DESIRE, DELIGHT, CUSTOMER),
    ),
    PublishedSet(
        "toporek-two",
        _("Adam Toporek’s two layers"),
        "Adam Toporek",
        "toporek-layers",
        (CONSISTENT, STANDS_OUT),
    ),
)
DEFAULT_SET = SETS[0]

SAMPLES = (
    Sample(
        "curtin",
        "Customer service is a voluntary act that demonstrates a genuine desire to satisfy, if not delight, "
        "a customer.",
        "Steve Curtin",
        {
            "voluntary": "voluntary",
            "act": "act",
            "demonstrates": "demonstrates",
            "genuine": "genuine",
            "desire": "desire",
            "satisfy": "satisfy, if not delight",
            "delight": "delight",
            "customer": "a customer",
        },
    ),
    Sample(
        "toporek-layers",
        "Excellent customer service is created by layering moments of differentiation on top of consistent "
        "performance.",
        "Adam Toporek",
        {"consistent": "consistent performance", "stands-out": "moments of differentiation"},
    ),
    Sample(
        "toporek-both",
        "Excellent customer service is a level of service delivery that manages to be both unnoticeable and remarkable "
        "at the same time.",
        "Adam Toporek",
        {"consistent": "unnoticeable", "stands-out": "remarkable"},
    ),
)


def set_named(slug: str) -> PublishedSet:
    return next(each for each in SETS if each.slug == slug)


def sample_named(slug: str) -> Sample:
    return next(sample for sample in SAMPLES if sample.slug == slug)
