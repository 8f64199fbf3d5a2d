from typing import Any

from django.utils.translation import gettext as _

from definitions.decisions.queries.deciding import places
from definitions.drafting import queries
from definitions.elements.queries.lamps import Seen
from definitions.proposals.queries import candidates
from workshop.sessions.queries import Scene

from .names import name_for_desk, name_for_everyone

LONGEST = 1000  # what the field takes; the server's own limit is above it


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.step
    return {
        **scene.once(_draft),
        "longest": LONGEST,
        "sentences": [proposal for proposal in candidates(scene.step) if proposal.text],
    }


def screen(scene: Scene) -> dict[str, Any]:
    draft = scene.once(_draft)
    holders = [name_for_everyone(pen.participant) for pen in _pens(draft["draft"])]
    return {**draft, "holders": [name for name in holders if name]}


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.step
    draft = scene.once(_draft)
    holders = {pen.participant_id for pen in _pens(draft["draft"])}
    return {
        **draft,
        "longest": LONGEST,
        "pens": [(person, name_for_desk(person), person.pk in holders) for person in scene.people],
        "held": len(holders),
        "say": _say(draft["draft"], len(holders)),
        "sentences": [proposal for proposal in candidates(scene.step) if proposal.text],
    }


def _draft(scene: Scene) -> dict[str, Any]:
    assert scene.step
    draft = queries.draft_of(scene.step)
    return {
        "draft": draft,
        "passages": queries.passages(draft) if draft else [],
        "seen": Seen(scene.step),
        "objections": places(draft, scene.step) if draft else [],
    }


def _say(draft: Any, held: int) -> str:
    """What the facilitator says where it is not what the kind says: for three pens."""
    if draft is None or held == 3:
        return ""
    return _("Everyone writes; everyone steers.") if draft.all_write else _("A few hold pens; everyone steers.")


def _pens(draft: Any) -> Any:
    if draft is None or draft.all_write:
        return []
    return draft.pen_rows.select_related("participant__session").order_by("participant__seat")
