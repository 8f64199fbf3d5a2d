"""What people read for the scales, shares and reasons of rules.py."""

from django.utils.translation import gettext_lazy as _

# Level → what it says, and what it adds.
LEVELS = {
    "gladly": (_("Yes, gladly"), _("I’ll say it as mine")),
    "small-point": (_("Yes"), _("with a small point")),
    "support": (_("OK"), _("I’ll support it")),
    "change": (_("I’ll support it"), _("change the marked words")),
    "aside": (_("I stand aside"), _("the others decide")),
    "talk": (_("Let’s talk first"), _("it needs a word between us")),
    "not-yet": (_("Not yet"), _("it needs more work")),
    "no": (_("No"), _("I can’t stand behind it")),
}

REASONS = {
    "unclear": _("Not clear"),
    "not-us": _("That isn’t us"),
    "too-much": _("We can’t promise that"),
    "missing": _("Something is missing"),
    "wording": _("Another word"),
}

SCALES = {
    "3": _("3 steps: gladly, change the marked words, not yet"),
    "5": _("5 steps: from “yes, gladly” to “no”"),
    "8": _("8 steps: also standing aside, a small point, and talking first"),
}

SHARES = {
    "1/2": _("half"),
    "2/3": _("two thirds"),
    "3/4": _("three quarters"),
    "9/10": _("nine in ten"),
    "1/1": _("everyone"),
}
