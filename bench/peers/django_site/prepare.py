"""Makes the tables and one meeting with voters who have joined, and tells of them as JSON.

python -m bench.peers.django_site.prepare PEOPLE
"""

import gzip
import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.django_site.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from bench.peers.django_site.room.models import Meeting, Option, Voter  # noqa: E402

FONTS = ("fonts/source-serif-4-phone.woff2", "fonts/atkinson-phone.woff2")
BUILT = Path(__file__).resolve().parents[3] / "static" / "dist"


def main(count: int) -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    static_files()
    with transaction.atomic():
        meeting = Meeting.objects.create(code="BENCH234", prompt="Which of these could we build on?")
        options = [
            Option.objects.create(meeting=meeting, text=f"Sentence {n}, of about as many words.") for n in range(4)
        ]
        sessions = [joined(meeting, number) for number in range(count)]
    told = {"code": meeting.code, "options": [option.pk for option in options], "sessions": sessions}
    sys.stdout.write(json.dumps(told))


def joined(meeting: Meeting, number: int) -> str:
    store = SessionStore()
    store["voter"] = Voter.objects.create(meeting=meeting, name=f"Colleague {number}").pk
    store.create()
    return str(store.session_key)


def static_files() -> None:
    """What this page loads is what the program's own page loads, so that both send the same bytes."""
    folder = Path(settings.STATIC_ROOT) / "room"
    for part in ("css/phone.css", "js/phone.js", "js/chunks", *FONTS):
        found = BUILT / part
        for path in sorted(found.glob("*.js")) if found.is_dir() else [found]:
            copy = folder / path.relative_to(BUILT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
            if path.suffix != ".woff2":
                copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(path.read_bytes()))


if __name__ == "__main__":
    main(int(sys.argv[1]))
