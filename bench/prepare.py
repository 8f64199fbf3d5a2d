"""Makes the meetings that are measured, by the program's own commands, and tells of them as JSON.

    python -m bench.prepare KIND PEOPLE ROOMS      into the database of DATABASE_URL

A meeting holds 500 people. Here, and here alone, the limit is lifted, so that 1,000 phones can look at one meeting.
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workshop.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from definitions.drafting.commands import let_all_write  # noqa: E402
from definitions.drafting.queries import draft_of  # noqa: E402
from tests.factories import a_session, at_step, facilitator, sends, votes  # noqa: E402
from workshop.sessions.commands import people  # noqa: E402
from workshop.sessions.models import WorkshopSession  # noqa: E402
from workshop.sessions.queries import Scene  # noqa: E402

SENTENCES = (
    "Seeing what a guest needs, and doing it gladly before they have to ask.",
    "Taking the trouble to make somebody's day a little lighter than it was.",
    "Listening first, then acting as if it were our own question.",
    "Whatever we choose to do, over and above, so that people feel welcome.",
)
LARGEST = 100_000


def main() -> None:
    kind, count, rooms = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    call_command("migrate", verbosity=0)
    people.MAX_PARTICIPANTS = LARGEST
    # One transaction around all of it: what is measured comes later.
    with transaction.atomic():
        told = [meeting(kind, count) for _room in range(rooms)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sys.stdout.write(json.dumps({"signed_in": signed_in(), "meetings": told}))


def meeting(kind: str, count: int) -> dict[str, Any]:
    steps = {"door": ("welcome",), "draft": ("draft",)}.get(kind, ("propose", "vote"))
    session = a_session(*steps, "close")
    joined = [people.join(session, name=f"Colleague {number}") for number in range(1, count + 1)]
    options: list[int] = []
    draft_id = 0
    if kind == "door":
        round_ = at_step(session, "welcome")
    elif kind == "draft":
        round_ = at_step(session, "draft")
        draft = draft_of(round_.step)
        assert draft is not None
        let_all_write(session, actor=session.owner, draft=draft, all_write=True)
        draft_id = draft.pk
    else:
        at_step(session, "propose")
        for (person, _cookie), sentence in zip(joined, SENTENCES, strict=False):
            sends(person, sentence)
        round_ = at_step(session, "vote")
        options = list(round_.options.values_list("pk", flat=True))
        if kind == "voted":
            for number, (person, _cookie) in enumerate(joined):
                votes(person, SENTENCES[number % min(count, len(SENTENCES))])
            round_ = at_step(session, "vote", "closed")
    session.refresh_from_db()
    return {
        "public_id": str(session.public_id),
        "code": session.code,
        "standing": Scene.of(WorkshopSession.objects.select_related("current_step").get(pk=session.pk)).standing,
        "round": round_.pk,
        "options": options,
        "draft": draft_id,
        "phones": [cookie for _person, cookie in joined],
    }


def signed_in() -> str:
    """The cookie of a facilitator who has signed in."""
    user = facilitator()
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    main()
