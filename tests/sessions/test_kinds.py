from dataclasses import replace

import pytest

from workshop.sessions import kinds
from workshop.sessions.kinds import Joined, Kind

SLUGS = ["welcome", "key-words", "samples", "propose", "vote", "tag", "draft", "decide", "close"]


def a_kind(slug: str) -> Kind:
    return Kind(slug=slug, name="", summary="", prompt="", say="", watch="", minutes=1)


def test_every_app_has_registered_its_kinds_in_the_order_of_a_meeting() -> None:
    assert [kind.slug for kind in kinds.every()] == SLUGS


def test_a_slug_is_registered_once() -> None:
    with pytest.raises(ValueError, match="'vote' is registered twice"):
        kinds.register(a_kind("vote"))
    assert [kind.slug for kind in kinds.every()] == SLUGS


def test_an_unknown_kind_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        kinds.get("no-such-kind")


@pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.slug)
def test_a_kind_tells_the_facilitator_what_to_say_and_what_to_watch_for(kind: Kind) -> None:
    texts = (kind.name, kind.summary, kind.prompt, kind.say, kind.watch)
    assert [text for text in texts if not str(text)] == []
    assert 1 <= kind.minutes <= 20


@pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.slug)
def test_a_kind_starts_from_kinds_that_come_before_it(kind: Kind) -> None:
    assert [source for source in kind.sources if SLUGS.index(source) >= SLUGS.index(kind.slug)] == []


def test_what_people_give_alone_is_private_and_only_the_close_seals() -> None:
    assert [kind.slug for kind in kinds.every() if kind.reveals] == ["key-words", "propose", "vote", "tag", "decide"]
    assert [kind.slug for kind in kinds.every() if kind.seals] == ["close"]


def test_a_kind_that_says_nothing_else_does_nothing() -> None:
    kind = a_kind("quiet")
    hooks = (kind.on_open, kind.on_close, kind.on_reveal)
    assert [hook(None) for hook in hooks] == [None, None, None]
    assert (kind.mine(None, [1]), kind.pages(None), kind.so_far(None), kind.report(None)) == ({}, 1, "", None)
    assert (kind.fits(None), kind.may_go_on(None)) == (True, True)


def test_a_later_app_joins_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_registry", {})
    opened: list[str] = []
    joined = Joined(
        options=(kinds.Option("more", "", "", True),),
        on_open=lambda round_: opened.append("joined"),
        mine=lambda round_, ids: {1: {"b": 2}, 3: {"b": 4}},
        report=lambda round_: {"more": True},
    )
    own = replace(a_kind("draft"), on_open=lambda round_: opened.append("own"))
    own = replace(own, mine=lambda round_, ids: {1: {"a": 1}, 2: {"a": 3}}, report=lambda round_: {"text": "x"})
    kinds.register(own)
    kinds.join("draft", joined)
    kind = kinds.get("draft")
    kind.on_open(None)
    assert opened == ["own", "joined"]
    assert [option.name for option in kind.options] == ["more"]
    assert kind.mine(None, [1, 2, 3]) == {1: {"a": 1, "b": 2}, 2: {"a": 3}, 3: {"b": 4}}
    assert kind.report(None) == {"text": "x", "more": True}


def test_what_joins_a_kind_and_says_nothing_changes_nothing() -> None:
    kind = Joined().to(a_kind("quiet"))
    kind.on_open(None)
    assert (kind.mine(None, [1]), kind.report(None), kind.options) == ({}, None, ())
