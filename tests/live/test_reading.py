"""The one strict reader of frames: a message or Unreadable, whatever comes."""

import json
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workshop.live.frames import encode
from workshop.live.reading import MAX_FRAME, Unreadable, read_frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)


def read_or_not(frame: Any) -> dict[str, Any] | None:
    """A message that can be gone on with, or None. Anything else is raised, and fails the test."""
    try:
        message = read_frame(frame)
    except Unreadable:
        return None
    assert isinstance(message["t"], str)
    text = encode(message).text
    assert json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} got through")) == message
    assert "\x00" not in "".join(strings(message))
    return message


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


@settings(max_examples=400, deadline=None)
@given(st.text() | st.binary() | st.none() | st.integers())
@example("[" * 100_000)
@example('{"t":' * 20_000)
@example('{"t":"x","a":' + "[" * 60_000 + "]" * 60_000 + "}")
@example('{"t":"' + "x" * 100_000 + '"}')
@example('{"t":"x","a":NaN}')
@example('{"t":"x","a":-Infinity}')
@example('{"t":"x","a":1e999}')
@example('{"t":"x","a":-1e999}')
@example('{"t":"x","a":' + "9" * 5_000 + "}")
@example('{"t":"x","a":0.' + "9" * 5_000 + "}")
@example('{"t":"x","a":"\\u0000"}')
@example('{"t":"x","\\u0000":1}')
@example('{"t":"x","t":"y"}')
@example('{"t":"x","t":[]}')
@example('{"t":"x"} ')
@example("\ufeff{}")
def test_any_frame_is_read_or_is_unreadable(frame: Any) -> None:
    read_or_not(frame)


@settings(max_examples=400, deadline=None)
@given(JSON, st.sampled_from(["hello", "ping", "draft", "push", "caret", "", "x"]))
def test_any_json_is_read_or_is_unreadable(value: Any, kind: str) -> None:
    for message in (value, {"t": kind, "have": value, "draft": value, "at": value, "version": value, "client": value}):
        read_or_not(json.dumps(message))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 80), st.text(string.printable, max_size=3))
def test_a_frame_of_ours_with_a_wound_is_read_or_is_unreadable(seed: int, cut: int, put: str) -> None:
    push = {
        "t": "push",
        "draft": 3,
        "version": 7,
        "client": "tab",
        "seq": 2,
        "left": False,
        "changes": [5, [0, "x"], [3]],
    }
    frame = json.dumps(push)
    at = seed % len(frame)
    read_or_not(frame[:at] + put + frame[at + cut :])


def test_the_reader_has_bounds() -> None:
    assert read_frame('{"t":"ping","at":1}') == {"t": "ping", "at": 1}
    assert read_frame('{"t":"x","t":"y"}') == {"t": "y"}  # the last of two of one name counts, as in browsers
    deep = {"t": "x", "a": [[[[["five"]]]]]}
    assert read_frame(json.dumps(deep)) == deep
    for message in ({"t": "x", "a": [[[[[[["seven"]]]]]]]}, {"t": "x", "a": [0] * 2_000}, {"a": 1}, {"t": None}, ["t"]):
        with pytest.raises(Unreadable):
            read_frame(json.dumps(message))
    assert read_frame(json.dumps({"t": "x" * (MAX_FRAME - 10)}))
    with pytest.raises(Unreadable):
        read_frame(json.dumps({"t": "x" * MAX_FRAME}))


def test_a_frame_that_is_nothing_but_depth_is_unreadable() -> None:
    for frame in ("[" * 60_000, '{"t":' * 10_000):
        with pytest.raises(Unreadable):
            read_frame(frame)
