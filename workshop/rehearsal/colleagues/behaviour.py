"""What a colleague does, by what stands on their phone.

A behaviour is asked by an element of the page; it is begun once for each such element, and ends when that is gone. So
a step kind more is a function more, and what nobody has taught them they leave alone:

    @asked_by("[data-my-step]")
    async def my_step(me: Colleague, task: Node) -> None:
        await me.think(5, 20)
        await me.do("my-door", round=task["data-round"], answer=me.rng.choice(["yes", "no"]))
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from definitions.texts.tokens import tokens

from .page import Node
from .pen import Mend, Pen, mends
from .script import LINES

if TYPE_CHECKING:
    from .colleague import Colleague

Behaviour = Callable[["Colleague", Node], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}  # what a page asks with → what they do about it

PATIENCE_SECONDS = 20  # for what belongs to a page and comes after it
LETTERS = 3  # typed at once: what a thumb does between two pushes
POINTING = (0.25, 0.6)  # seconds, at every pace: the caret has to reach the others
NEAR = 8  # units from another's caret in which nobody begins to type


def asked_by(what: str) -> Callable[[Behaviour], Behaviour]:
    def register(behaviour: Behaviour) -> Behaviour:
        assert what not in BEHAVIOURS, f"{what} is taught twice"
        BEHAVIOURS[what] = behaviour
        return behaviour

    return register


async def say_done(me: Colleague, done: bool = True) -> None:
    """ "I’m done", or "Not done after all"."""
    form = me.stage.first("[data-door=done]")
    if form is not None and bool(me.mine.get("done")) != done:
        await me.submit(form, done="1" if done else "")


@asked_by("[data-add-card]")
async def key_words(me: Colleague, form: Node) -> None:
    for word in me.part.words:
        await me.think(6, 40)
        await me.do("add-card", **{**form.fields(), "id": me.new_id(), "body": word})
    await me.think(2, 15)
    await say_done(me)


@asked_by("[data-propose]")
async def propose(me: Colleague, place: Node) -> None:
    """Saved while it is written, as the page does it; then sent, and by a few mended once more."""
    if place.get("data-open") != "open":
        return
    id_, sentence = me.new_id(), me.part.sentence
    await me.think(15, 60)
    half = sentence[: len(sentence) // 2].rsplit(" ", 1)[0]
    await me.do("keep-unsent", round=place["data-round"], id=id_, body=half)
    await me.think(15, 70)
    await me.do("send-proposal", round=place["data-round"], id=id_, body=sentence)
    if me.rng.random() < 0.15:
        await me.think(5, 20)
        await me.do("send-proposal", round=place["data-round"], id=id_, body=sentence.rstrip(".") + ".")


@asked_by("[data-ballot]")
async def vote(me: Colleague, ballot: Node) -> None:
    if "disabled" in ballot:
        return
    texts = {choice["value"]: label.text for label in ballot.every("label") for choice in label.every("[name=choice]")}
    liked = sorted(texts, key=lambda value: -me.part.likes(texts[value], me.rng))
    marked = liked[: min(len(liked), me.rng.choice((1, 2, 2, 3, 3, 4)))]
    await me.think(15, 70)
    await me.do("vote", round=ballot["data-round"], choices=",".join(marked))


@asked_by("[data-tagging]")
async def tag(me: Colleague, place: Node) -> None:
    """One question after the other, about the texts that are theirs to read."""
    await me.until(lambda: str(me.mine.get("round")) == place["data-round"], PATIENCE_SECONDS)
    questions = [(node["data-question"], node["data-hue"]) for node in place.every("[data-question]")]
    for text in map(str, me.mine["given"]["texts"]):
        (shown,) = place.every(f"[data-text={text}]")
        words = [(button["data-word"], button.text) for button in shown.every("[data-word]")]
        for element, hue in questions:
            seen = me.part.sees(hue, [word for _number, word in words], me.rng)
            says = "words" if seen else me.rng.choice(("not-here", "not-here", "not-here", "not-sure"))
            numbers = ",".join(words[index][0] for index in seen)
            await me.think(3, 9)
            await me.do("tag", round=place["data-round"], text=text, element=element, says=says, words=numbers)


@asked_by("[data-draft]")
async def draft(me: Colleague, place: Node) -> None:
    """Who holds a pen mends what keeps the text from what they agree on; everyone else says something of the words."""
    if place.get("data-locked"):
        return
    pen = await me.open_draft(int(place["data-draft"]))
    marks = me.rng.choice((1, 1, 2))
    await me.think(5, 25)
    while True:
        if me.mine.get("given", {}).get("writes"):
            # Nobody types who has said that they are done: so when all are, the text is the one they agree on.
            ours = not mends(pen.text, me.part.goal)
            await say_done(me, ours)
            if not ours:
                await write(me, pen)
        elif marks > 0:
            marks -= 1
            await mark_words(me, pen)
        elif not await look_for_a_piece(me, pen):
            await say_done(me)
        await me.think(3, 12)


async def write(me: Colleague, pen: Pen) -> None:
    """Mend one place where nobody else types: put the caret there, and look whether somebody else has done the same."""
    if pen.pending or not (free := free_places(me, pen)):
        return
    mend = me.rng.choice(free)
    await me.point(pen, mend.start)
    await asyncio.sleep(me.rng.uniform(*POINTING))
    if pen.pending is None and mend in free_places(me, pen):
        await type_in(me, pen, mend)


def free_places(me: Colleague, pen: Pen) -> list[Mend]:
    left, taken = mends(pen.text, me.part.goal), me.others_type_at()
    return [mend for mend in left if not any(mend.start - NEAR <= at <= mend.end + NEAR for at in taken)]


async def type_in(me: Colleague, pen: Pen, mend: Mend) -> None:
    """What goes out goes at once; what comes in comes letter by letter."""
    first, words = True, mend.words
    if mend.end > mend.start:
        if not await me.push(pen, mend.start, mend.end, ""):
            return
        await me.think(0.5, 2)
        first = False
    while words:
        at = mend.start if first else pen.caret
        if not await me.push(pen, at, at, words[:LETTERS]):
            return
        first, words = False, words[LETTERS:]
        await me.think(0.25, 0.8)


async def look_for_a_piece(me: Colleague, pen: Pen) -> bool:
    """Say where one sees an element, or whether it is still there. False: everything that is asked is answered."""
    said = {tag["element"]: tag for tag in me.mine["given"].get("tags", ())}
    for lamp in me.stage.every("[data-lamp]"):
        element = int(lamp["data-lamp"])
        if (before := said.get(element)) is not None and not before.get("changed"):
            continue
        there = tokens(pen.text)
        seen = me.part.sees(lamp.get("data-hue"), [token.word for token in there], me.rng)
        span = {"start": there[seen[0]].start, "end": there[seen[0]].end} if seen else {}
        await me.do("tag-draft", draft=pen.draft, element=element, version=pen.version, **span)
        return True
    return False


async def mark_words(me: Colleague, pen: Pen) -> None:
    there = tokens(pen.text)
    if not there:
        return
    at = me.rng.randrange(len(there))
    words = there[at : at + me.rng.choice((1, 1, 2, 3))]
    says = me.rng.choice(("keep", "keep", "change", "suggest"))
    fields = {"version": pen.version, "start": words[0].start, "end": words[-1].end}
    suggestion = me.rng.choice(me.part.suggestions) if says == "suggest" else ""
    await me.do("mark", draft=pen.draft, id=me.new_id(), says=says, words=suggestion, **fields)


@asked_by("[data-deciding]")
async def decide(me: Colleague, place: Node) -> None:
    """Most could carry it; a few would mend some words first."""
    levels = place.every("[type=radio]")
    (level,) = me.rng.choices(levels, weights=[6, 5, 2, *[0.5] * (len(levels) - 3)])
    fields = {"level": level["value"], "reason": "", "words": "", "says": "", "consent": ""}
    await me.think(12, 50)
    if "data-reserves" in level:
        at = me.rng.choice(place.every("[data-word]"))
        await me.think(4, 20)
        fields |= {"reason": me.rng.choice(place.every("[data-reason]"))["data-reason"], "words": at["data-word"]}
        fields["consent"] = me.rng.choice(("1", ""))
    await me.do("decide", round=place["data-round"], **fields)


@asked_by("[data-settle]")
async def settle(me: Colleague, place: Node) -> None:
    """Asked in private, while the words are being mended."""
    await me.think(20, 60)
    if asked := me.mine.get("asked"):
        await me.do("settle", id=asked["id"], settled=me.rng.choice(("1", "1", "")))


@asked_by("[data-line-form]")
async def line(me: Colleague, form: Node) -> None:
    """What the element that is theirs looks like here. Which one it is comes after the page."""
    pieces = {node["data-piece"]: node for node in form.every("[data-piece]")}
    await me.until(lambda: str(me.mine["given"].get("piece")) in pieces, PATIENCE_SECONDS)
    mine = pieces.get(str(me.mine["given"].get("piece")))
    disc = mine.first("[data-el]") if mine else None
    if disc is None or me.mine["given"].get("line"):
        return
    await me.think(10, 40)
    body = me.rng.choice(LINES.get(disc["data-el"], LINES["a"]))
    await me.do("write-line", round=form["data-round"], id=me.new_id(), body=body)


@asked_by("[data-door=on-poster]")
async def put_on_poster(me: Colleague, form: Node) -> None:
    await me.think(3, 20)
    if me.rng.random() < 0.7 and not me.mine.get("on_poster"):
        await me.submit(form, wanted="1")
