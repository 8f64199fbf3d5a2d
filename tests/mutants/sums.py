"""What is counted, and what is made of it."""

from tests.mutants.bug import Bug

RIGHT_SUMS = [
    Bug(
        "one person lights a lamp",
        "definitions/elements/lamps.py",
        "FEWEST = 2 ",
        "FEWEST = 1 ",
        "tests/definitions/elements",
    ),
    Bug(
        "a lamp stays lit although its words are gone",
        "definitions/elements/queries/lamps.py",
        "            sees = sum(tag.pk in self.standing for tag in mine)\n",
        "            sees = sum(tag.says == DraftTag.Says.HERE for tag in mine)\n",
        "tests/definitions/elements/test_draft_tags.py",
    ),
    Bug(
        "some sentences are read by nobody",
        "definitions/elements/sharing.py",
        "    start = person if each >= texts else person * each\n",
        "    start = 0\n",
        "tests/definitions/elements/test_sharing.py",
    ),
    Bug(
        "who was not sure counts as having seen nothing",
        "definitions/elements/queries/tagging.py",
        ".exclude(says=Answer.Says.NOT_SURE)",
        "",
        "tests/definitions/elements/test_tagging.py",
    ),
    Bug(
        "agreement by chance counts as agreement",
        "definitions/elements/reliability.py",
        "    return 1 - (everything - 1) * apart / by_chance if by_chance else None\n",
        "    return 1 - apart / everything if by_chance else None\n",
        "tests/definitions/elements/test_reliability.py",
    ),
    Bug(
        "a decision is reached although too few answered",
        "definitions/decisions/rules.py",
        "        return self.enough_answered and self.supporters >= self.needed\n",
        "        return self.supporters >= self.needed\n",
        "tests/definitions/decisions",
    ),
    Bug(
        "the rule changes while the room decides",
        "definitions/decisions/queries/deciding.py",
        "        threshold=decision.threshold,\n",
        '        threshold=decision.round.step.setting("threshold"),\n',
        "tests/definitions/decisions/test_deciding.py",
    ),
    Bug(
        "a sentence is sealed as agreed that was not",
        "definitions/decisions/commands/closing.py",
        "        if outcome not in queries.endings(closing):\n",
        "        if False:\n",
        "tests/definitions/decisions",
    ),
    Bug(
        "a tie is settled twice",
        "definitions/proposals/commands.py",
        "    if Verdict.objects.filter(round=round_).exists() or round_.step.rounds",
        "    if round_.step.rounds",
        "tests/definitions/proposals/test_ties.py",
    ),
    Bug(
        "a rehearsal hangs on the wall as if it were agreed",
        "definitions/exports/poster.py",
        "    if report.rehearsal:\n",
        "    if False:\n",
        "tests/definitions/exports/test_poster.py",
    ),
    Bug(
        "a working sentence hangs on the wall as if it were agreed",
        "definitions/exports/poster.py",
        '    return "" if report.outcome == "agreed" else report.outcome_label\n',
        '    return ""\n',
        "tests/definitions/exports/test_poster.py",
    ),
]
