"""How long the server takes for each page and POST of a meeting, and with how many queries; as JSON.

    python -m bench.pages PEOPLE      on the prepared database of DATABASE_URL; MEETING has what was told of it

Through Django's own test client: the whole stack of middleware, views and templates, and the real database, without a
network in between.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workshop.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.figures import percentile  # noqa: E402

TIMES = 20
HOST = "127.0.0.1"
Asked = Callable[[], Any]


def main() -> None:
    told, signed_in = json.loads(os.environ["MEETING"]), os.environ["SIGNED_IN"]
    desk, phone, anyone, guest = (Client(HTTP_HOST=HOST, HTTP_ORIGIN=f"http://{HOST}") for _client in range(4))
    desk.cookies["sessionid"] = signed_in
    phone.cookies["phone"] = told["phones"][0]
    public_id, code = told["public_id"], told["code"]
    seq = iter(range(1, 10**6))

    def do(client: Client, view: str, door: str, **fields: str) -> Asked:
        tab = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{view} {door}"))

        def asked() -> Any:
            envelope = {"client": tab, "seq": str(next(seq))}
            return client.post(f"/{view}/{public_id}/do/{door}", {**fields, **envelope})

        return asked

    def join() -> Any:
        guest.cookies.clear()  # and no new client: each loads all middleware anew
        return guest.post(f"/j/{code}", {"name": f"Guest {next(seq)}"})

    visits: dict[str, Asked] = {
        "GET /": lambda: anyone.get("/"),
        "GET /how/": lambda: anyone.get("/how/"),
        "GET /j/CODE": lambda: anyone.get(f"/j/{code}"),
        "POST /j/CODE": join,
        "GET /meetings/": lambda: desk.get("/meetings/"),
        **{
            f"GET /meetings/…/{page}": lambda page=page: desk.get(f"/meetings/{public_id}/{page}")  # type: ignore[misc]
            for page in ("", "settings/", "elements/", "ready/", "paper/")
        },
        "GET /desk/…": lambda: desk.get(f"/desk/{public_id}/"),
        "GET /screen/…": lambda: desk.get(f"/screen/{public_id}/"),
        "GET /phone/…": lambda: phone.get(f"/phone/{public_id}/"),
        **{
            f"GET /{view}/…/panels": lambda view=view, client=client: client.get(f"/{view}/{public_id}/panels")  # type: ignore[misc]
            for view, client in (("desk", desk), ("screen", desk), ("phone", phone))
        },
        "POST desk extend": do(desk, "desk", "extend", seconds="1"),
        "POST desk add-person": do(desk, "desk", "add-person", name="No phone"),
        "POST phone vote": do(phone, "phone", "vote", round=str(told["round"]), choices=str(told["options"][0])),
        "POST phone done": do(phone, "phone", "done", round=str(told["round"]), done="on"),
    }
    json.dump({name: measured(name, asked) for name, asked in visits.items()}, sys.stdout)


def measured(name: str, asked: Asked) -> dict[str, float]:
    with CaptureQueriesContext(connection) as queries:
        answer = asked()
        count = len(queries)  # here: the next request begins the list anew
    if answer.status_code >= 400 or (name.startswith(("POST desk", "POST phone")) and not answer.json()["ok"]):
        raise SystemExit(f"{name} was answered with {answer.status_code}: {answer.content[:300]!r}")
    took = []
    for _time in range(TIMES):
        began = time.perf_counter()
        asked()
        took.append(1000 * (time.perf_counter() - began))
    return {"p95_ms": percentile(took, 0.95), "queries": count}


if __name__ == "__main__":
    main()
