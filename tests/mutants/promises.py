"""What the program promises: nothing lost, nothing early, nobody who may not."""

from tests.mutants.bug import Bug

SESSIONS = "workshop/sessions"
ROOM = "workshop/room"

NOTHING_LOST = [
    Bug(
        "a retry does it twice",
        f"{SESSIONS}/commands/changing.py",
        "    if asked.seq == client.last_seq:\n        return dict(client.last_answer)\n",
        "",
        "tests/sessions/test_exactly_once.py",
    ),
    Bug(
        "what was sent first comes back over what was sent last",
        f"{SESSIONS}/commands/changing.py",
        "    if asked.seq < client.last_seq:\n",
        "    if False:\n",
        "tests/sessions/test_exactly_once.py",
    ),
    Bug(
        "phones are told before it is saved",
        f"{SESSIONS}/commands/changing.py",
        "transaction.on_commit(partial(announce, locked.pk, touches_others))",
        "announce(locked.pk, touches_others)",
        "tests/sessions/test_exactly_once.py",
    ),
    Bug(
        "a tab sends for someone else",
        f"{SESSIONS}/commands/changing.py",
        "    if not mine:\n",
        "    if False:\n",
        "tests/sessions/test_exactly_once.py tests/room/test_access.py",
    ),
    Bug(
        "a change tells nobody, and pages stay as they were",
        f"{SESSIONS}/commands/changing.py",
        "    locked.revision += by\n",
        "",
        "tests/sessions/test_exactly_once.py tests/room/test_panel_law.py -k revision",
    ),
    Bug(
        "of commands that are taken together the second sees what was before the first",
        f"{SESSIONS}/bursts.py",
        "    own.unused.discard(person.pk)\n",
        "",
        "tests/sessions/test_exactly_once.py tests/definitions/proposals/test_votes.py",
    ),
    Bug(
        "two presses of Next skip a step",
        f"{SESSIONS}/commands/running.py",
        "    if seen != scene.standing:\n",
        "    if False:\n",
        "tests/sessions/test_running.py",
    ),
    Bug(
        "going back to a step throws away what people gave",
        "definitions/proposals/commands.py",
        "            )\n            for proposal in earlier.proposals.all()\n",
        "            )\n            for proposal in earlier.proposals.none()\n",
        "tests/sessions/test_going_back.py tests/definitions/proposals",
    ),
    Bug(
        "typing that arrives twice is in the text twice",
        "definitions/drafting/authority.py",
        "    if push.seq <= last_seq:\n",
        "    if False:\n",
        "tests/definitions/drafting/test_commands.py tests/definitions/drafting/test_authority.py",
    ),
    Bug(
        "a draft that is closed goes on changing",
        "definitions/drafting/commands.py",
        '        raise Refused("closed", _("The draft is closed now."))\n',
        "        pass\n",
        "tests/definitions/drafting/test_commands.py",
    ),
    Bug(
        "another text is sealed than the one on the screen",
        "definitions/decisions/commands/closing.py",
        "        if closing.body != text_seen:\n",
        "        if False:\n",
        "tests/definitions/decisions/test_closing.py",
    ),
]

NOTHING_EARLY = [
    Bug(
        "sentences are readable before the reveal",
        "definitions/proposals/queries.py",
        "    if not round_.is_revealed:\n        return Proposal.objects.none()\n",
        "",
        "tests/room/test_nothing_early.py -k propose",
    ),
    Bug(
        "key words are readable before the reveal",
        "definitions/cards/queries.py",
        "    if not round_.is_revealed:\n        return Card.objects.none()\n",
        "",
        "tests/room/test_nothing_early.py -k words",
    ),
    Bug(
        "votes are counted before the reveal",
        "definitions/proposals/queries.py",
        '    """Counted only once revealed: before that no tally exists anywhere."""\n    if not round_.is_revealed:\n',
        '    """Counted only once revealed: before that no tally exists anywhere."""\n    if False:\n',
        "tests/room/test_nothing_early.py -k vote",
    ),
    Bug(
        "the heat map is there before the reveal",
        "definitions/elements/queries/tagging.py",
        "    if not round_.is_revealed:\n        return []\n    elements",
        "    elements",
        "tests/room/test_nothing_early.py -k tag",
    ),
    Bug(
        "how far the room agrees is known before the reveal",
        "definitions/decisions/queries/deciding.py",
        "    if not decision.round.is_revealed:\n        return None\n    stances",
        "    stances",
        "tests/room/test_nothing_early.py tests/definitions/decisions/test_deciding.py -k decide or before",
    ),
    Bug(
        "reservations are shown before the reveal",
        "definitions/decisions/queries/deciding.py",
        "    if not decision.round.is_revealed:\n        return []\n    together",
        "    together",
        "tests/room/test_nothing_early.py tests/definitions/decisions/test_deciding.py -k decide or before",
    ),
    Bug(
        "look first shows the texts while people write",
        "definitions/proposals/queries.py",
        '    if round_.is_open or not round_.step.setting("look_first"):\n',
        '    if not round_.step.setting("look_first"):\n',
        "tests/room/test_nothing_early.py tests/definitions/proposals -k look",
    ),
    Bug(
        "what was never revealed is in the record",
        "definitions/decisions/queries/closing.py",
        "            if step.of_kind.reveals and not round_.is_revealed:\n                continue\n",
        "",
        "tests/definitions/decisions/test_closing.py",
    ),
    Bug(
        "a secret vote keeps who voted what",
        "definitions/proposals/commands.py",
        "    round_.rolls.update(ballot=None)\n    round_.ballots.all().delete()\n"
        "    random.SystemRandom().shuffle(ballots)\n"
        "    Ballot.objects.bulk_create(Ballot(round=round_, choices=ballot.choices) for ballot in ballots)\n",
        "",
        "tests/definitions/proposals/test_votes.py",
    ),
    Bug(
        "a sentence of an anonymous meeting has its writer's seat in the file",
        "definitions/proposals/queries.py",
        "None if round_.step.session.anonymous else proposal.participant.seat",
        "proposal.participant.seat",
        "tests/definitions/decisions/test_closing.py",
    ),
    Bug(
        "a reservation is printed without its writer's consent",
        "definitions/decisions/queries/deciding.py",
        "                if row.consent\n",
        "",
        "tests/definitions/decisions tests/definitions/exports",
    ),
    Bug(
        "few answers are told so finely that they are somebody's",
        "definitions/decisions/rules.py",
        "        return self.answers < FEW\n",
        "        return False\n",
        "tests/definitions/decisions",
    ),
]

WHO_MAY = [
    Bug(
        "anybody who is signed in runs the meeting",
        f"{SESSIONS}/access.py",
        "    return session.owner_id == user.pk or session.memberships.filter(user=user).exists()\n",
        "    return True\n",
        "tests/room/test_access.py tests/sessions/test_links.py",
    ),
    Bug(
        "who was taken out goes on sending",
        f"{SESSIONS}/access.py",
        "    if actor.removed_at is not None:\n",
        "    if False:\n",
        "tests/sessions/test_people.py",
    ),
    Bug(
        "who was taken out goes on watching",
        f"{SESSIONS}/queries.py",
        "        people = self.session.participants.filter(removed_at__isnull=True).order_by()\n",
        "        people = self.session.participants.order_by()\n",
        "tests/room/test_panel_law.py -k remove",
    ),
    Bug(
        "a withdrawn link opens the door",
        f"{SESSIONS}/commands/links.py",
        "        .filter(token_hash=hashed(token), scope=scope, revoked_at__isnull=True)\n",
        "        .filter(token_hash=hashed(token), scope=scope)\n",
        "tests/sessions/test_links.py tests/room/test_opened_by_link.py",
    ),
    Bug(
        "a sign-in link works twice",
        "workshop/accounts/commands.py",
        "    if links.filter(used_at=None, expires_at__gt=now,",
        "    if links.filter(expires_at__gt=now,",
        "tests/accounts",
    ),
    Bug(
        "a locked door is open",
        f"{SESSIONS}/commands/people.py",
        '            raise Refused("door-locked"',
        '            return Refused("door-locked"',
        "tests/sessions/test_people.py",
    ),
    Bug(
        "passwords can be guessed without end",
        "workshop/accounts/failures.py",
        '    return counts.get(_key("email", email), 0) >= PER_EMAIL or counts',
        "    return counts",
        "tests/accounts",
    ),
    Bug(
        "someone else says that a reservation is settled",
        "definitions/decisions/commands/deciding.py",
        "Objection.objects.filter(pk=id_, participant=actor, round__step__session=session)",
        "Objection.objects.filter(pk=id_, round__step__session=session)",
        "tests/definitions/decisions/test_deciding.py",
    ),
    Bug(
        "a page under a foreign name is answered",
        f"{ROOM}/hosts.py",
        "        if not is_ours(host):\n",
        "        if False:\n",
        "tests/room/test_access.py",
    ),
    Bug(
        "a row of another meeting is taken for one of this one",
        f"{ROOM}/forms.py",
        'Round.objects.select_related("step").filter(step__session=self.session)',
        'Round.objects.select_related("step")',
        "tests/room/test_bad_input.py",
    ),
]
