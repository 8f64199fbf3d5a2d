"""A meeting in a few dictionaries: what the state machine says the commands should do. It knows no database.

Each method of Meeting answers with the code of the refusal that is due, or "" and has changed the model.
"""

from collections import Counter
from dataclasses import dataclass, field

STEPS = ("key-words", "propose", "vote", "welcome")
REVEALS = STEPS[:3]
MOST_CARDS = 12


@dataclass
class Round:
    closed: bool = False
    revealed: bool = False
    page: int = 1
    cards: Counter[tuple[int, str]] = field(default_factory=Counter)  # seat, word
    proposals: dict[int, tuple[str, str]] = field(default_factory=dict)  # seat → sentence, state
    options: frozenset[str] = frozenset()
    ballots: dict[int, frozenset[str]] = field(default_factory=dict)  # seat → sentences
    done: set[int] = field(default_factory=set)


@dataclass
class Meeting:
    door: str = "open"
    started: bool = False
    ended: bool = False
    revision: int = 0
    at: int = 0  # the index of the step that the room looks at
    rounds: dict[str, list[Round]] = field(default_factory=lambda: {kind: [] for kind in STEPS})
    here: dict[int, bool] = field(default_factory=dict)  # seat → has not left
    removed: set[int] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return STEPS[self.at]

    @property
    def round(self) -> Round:
        return self.rounds[self.kind][-1]

    # People

    def join(self) -> str:
        if self.ended:
            return "ended"
        if self.door != "open":
            return f"door-{self.door}"
        self.here[len(self.here) + 1] = True
        return ""

    def remove(self, seat: int) -> str:
        self.removed |= set() if self.ended else {seat}
        return "ended" if self.ended else ""

    def bring_back(self, seat: int) -> str:
        if self.ended:
            return "ended"
        self.removed -= {seat}
        self.here[seat] = True
        return ""

    def leave(self, seat: int, here: bool) -> str:
        if seat in self.removed:
            return "removed"
        self.here[seat] = here
        return ""

    def set_door(self, door: str) -> str:
        self.door = self.door if self.ended else door
        return "ended" if self.ended else ""

    # Moving the room

    def start(self) -> str:
        if self.ended or self.started:
            return "ended" if self.ended else "started"
        self.started = True
        self.door = "open" if self.door == "closed" else self.door
        self._enter(0)
        return ""

    def next(self, pages: int) -> str:
        if refusal := self._must_be_under_way():
            return refusal
        now = self.round
        if self.kind in REVEALS and not now.closed:
            now.closed = True
        elif self.kind in REVEALS and not now.revealed:
            now.revealed, now.page = True, 1
        elif now.page < pages:
            now.page += 1
        elif self.at + 1 < len(STEPS):
            now.closed = True
            rest = range(self.at + 1, len(STEPS))
            self._enter(next(index for index in rest if STEPS[index] != "vote" or len(self._to_vote_on()) > 1))
        else:
            now.closed = self.ended = True
            self.door = "closed"
        return ""

    def back(self) -> str:
        if refusal := self._must_be_under_way():
            return refusal
        if self.round.page > 1:
            self.round.page -= 1
        elif self.at == 0:
            return "first-step"
        else:
            self._enter(self.at - 1)
        return ""

    def go_to(self, index: int) -> str:
        if refusal := self._must_be_under_way():
            return refusal
        if index > self.at:
            self.round.closed = True
        self._enter(index)
        return ""

    def reopen(self) -> str:
        if refusal := self._must_be_under_way():
            return refusal
        if not self.round.closed:
            return "still-open"
        if self.round.revealed or self.kind == "vote":  # votes are secret here
            self._open(self.kind)
        else:
            self.round.closed = False
        return ""

    def extend(self) -> str:
        return self._must_be_under_way() or ("closed" if self.round.closed else "")

    def _must_be_under_way(self) -> str:
        return "ended" if self.ended else "" if self.started else "not-started"

    def _enter(self, index: int) -> None:
        self.at = index
        if not self.rounds[self.kind]:
            self._open(self.kind)

    def _open(self, kind: str) -> None:
        made, rounds = Round(), self.rounds[kind]
        if rounds:
            made.cards = rounds[-1].cards.copy()
            made.proposals = {seat: (body, "sent") for seat, (body, _state) in rounds[-1].proposals.items()}
        made.options = self._to_vote_on() if kind == "vote" else frozenset()
        rounds.append(made)

    def _to_vote_on(self) -> frozenset[str]:
        revealed = [one for one in self.rounds["propose"] if one.revealed]
        sentences = revealed[-1].proposals.values() if revealed else ()
        return frozenset(body for body, state in sentences if state == "sent")

    # What people give

    def add_card(self, seat: int, word: str) -> str:
        now = self.rounds["key-words"][-1]
        if refusal := self._must_take_part(seat) or ("revealed" if now.revealed else ""):
            return refusal
        if sum(count for (owner, _word), count in now.cards.items() if owner == seat) >= MOST_CARDS:
            return "enough-cards"
        now.cards[seat, word] += 1
        return ""

    def remove_card(self, seat: int, owner: int, word: str) -> str:
        now = self.rounds["key-words"][-1]
        if refusal := self._must_take_part(seat) or ("revealed" if now.revealed else ""):
            return refusal
        if seat == owner:
            now.cards[owner, word] -= 1
        return ""

    def send(self, seat: int, sentence: str) -> str:
        now = self.rounds["propose"][-1]
        if refusal := self._must_take_part(seat):
            return refusal
        if now.revealed and now.proposals.get(seat, ("", ""))[1] == "sent":
            return "revealed"
        now.proposals[seat] = (sentence, "late" if now.revealed else "sent")
        now.done.add(seat)
        return ""

    def vote(self, seat: int, choices: frozenset[str]) -> str:
        now = self.rounds["vote"][-1]
        if refusal := self._must_take_part(seat) or ("vote-closed" if now.closed else ""):
            return refusal
        now.ballots[seat] = choices
        now.done.add(seat)
        return ""

    def say_done(self, seat: int, done: bool) -> str:
        if seat in self.removed:
            return "removed"
        if self.ended or self.round.closed:
            return "ended" if self.ended else "closed"
        (self.round.done.add if done else self.round.done.discard)(seat)
        return ""

    def _must_take_part(self, seat: int) -> str:
        return "ended" if self.ended else "removed" if seat in self.removed else ""
