"""A log line says what happened and where, never what people typed, are called, or come in with."""

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client

from tests.room.conftest import _nothing_need_be_built as _nothing_need_be_built
from workshop import logs


def line(message: str = "It failed", *args: Any, name: str = "workshop.x", **extra: Any) -> dict[str, Any]:
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, args, extra.pop("exc_info", None))
    record.__dict__.update(extra)
    return dict(json.loads(logs.JsonLines().format(record)))


def test_an_exception_is_told_by_its_type_and_places_and_not_by_what_it_says() -> None:
    try:
        raise ValueError("Ada wrote: we mean it") from KeyError("Ben")
    except ValueError:
        told = line(exc_info=sys.exc_info())
    assert told["error"]["type"] == "builtins.ValueError"
    assert "test_an_exception_is_told" in told["error"]["at"][0]
    assert "Ada" not in str(told)
    assert "Ben" not in str(told)


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("GET /j/ABCD2345 failed", "GET /j/… failed"),
        ("GET /join/?code=ABCD2345 HTTP/1.1", "GET /join/ HTTP/1.1"),
        ("GET /accounts/enter/#s3cret", "GET /accounts/enter/"),
        ("Task failed\nfuture: <Task exception=ValueError('Ada')>", "Task failed"),
        ("Why? Because", "Why? Because"),
        ("", ""),
    ],
)
def test_addresses_are_cut_and_what_libraries_print_below_is_left_out(message: str, kept: str) -> None:
    assert line("%s", message)["message"] == kept


def test_what_a_request_tried_is_not_repeated() -> None:
    told = line("Invalid HTTP_HOST header: %r", "ada.example", name="django.security.DisallowedHost")
    assert told["message"] == "Refused: DisallowedHost"


@pytest.mark.django_db
def test_all_lines_of_a_request_carry_the_id_that_its_answer_names(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logs.JsonLines())
    watched = [logging.getLogger(name) for name in ("django.request", "workshop.requests")]
    for logger in watched:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        answers = [Client().get("/j/ABCD2345?from=Ada"), Client().get("/Ada/Lovelace")]
    finally:
        for logger in watched:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
    told = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    ids = [answer["X-Request-Id"] for answer in answers]
    assert [one["request"] for one in told] == [ids[0], ids[0], ids[1], ids[1]]
    assert len(set(ids)) == 2
    assert [one["message"] for one in told] == [
        "GET /j/<str:code>: 404",
        "404 at /j/<str:code>",
        "GET (no address of ours): 404",
        "404 at (no address of ours)",
    ]
    assert (told[0]["status"], told[0]["route"], told[0]["ms"] > 0) == (404, "/j/<str:code>", True)
