"""What comes from outside, and what goes out to browsers."""

from tests.mutants.bug import Bug

THE_ENGINE = [
    Bug(
        "of many commands at once one that breaks leaves half of itself",
        "workshop/sessions/commands/changing.py",
        "            transaction.savepoint_rollback(savepoint)\n",
        "            transaction.savepoint_commit(savepoint)\n",
        "tests/sessions/test_exactly_once.py",
    ),
    Bug(
        "who reads nothing fills the server's memory",
        "workshop/live/direct.py",
        "        if self.is_full:\n            return False\n",
        "",
        "tests/live/test_direct.py tests/live/test_bounds.py",
    ),
    Bug(
        "one phone opens as many sockets as it likes",
        "workshop/live/hub.py",
        "            if len(pages) > MOST_PAGES:",
        "            if False:",
        "tests/live/test_bounds.py",
    ),
    Bug(
        "a made-up command is kept as the name of a figure",
        "workshop/live/taking.py",
        "            if its_answer is not None:",
        "            if True:",
        "tests/live/test_crowd.py",
    ),
    Bug(
        "rows of a draft pile up for who reads nothing",
        "workshop/live/sockets.py",
        "        if len(self.rows) >= MAX_WAITING_ROWS:\n",
        "        if False:\n",
        "tests/live/test_bounds.py",
    ),
    Bug(
        "what comes after a pause of the network is never sent",
        "workshop/live/direct.py",
        "        self._forget_deadline()\n        self.drained()\n",
        "        self._forget_deadline()\n",
        "tests/live/test_direct.py",
    ),
    Bug(
        "a page that is asked for now shows what was before",
        "workshop/room/together.py",
        "            running, joined = self._running.get(key), self._next.get(key)\n",
        "            running, joined = None, self._next.get(key) or self._running.get(key)\n",
        "tests/room/test_drawing.py",
    ),
    Bug(
        "whoever comes into a busy meeting waits for what is their own",
        "workshop/live/own.py",
        "            self.of_new.ask(session_id)\n        if touched:\n",
        "            pass\n        if touched:\n",
        "tests/live/test_own.py",
    ),
    Bug(
        "what is older takes the place of what is newer",
        "workshop/live/own.py",
        'own["revision"] >= given.get("revision", 0) and ',
        "",
        "tests/live/test_own.py",
    ),
    Bug(
        "a page that is newer than what the others show stays as it is",
        "workshop/live/pictures.py",
        "        if any(socket.has.get(name, hash_) != hash_ for",
        "        if any(False for",
        "tests/live/test_bounds.py",
    ),
    Bug(
        "a frame that can't be sent leaves a socket that is open and mute",
        "workshop/live/sockets.py",
        '            log.exception("A frame could not be sent")\n            await self.close(SERVER_ERROR)',
        '            log.exception("A frame could not be sent")',
        "tests/live/test_bounds.py -k mute",
    ),
    Bug(
        "what can't be answered ends a socket without a word",
        "workshop/live/consumer.py",
        "            await close(SERVER_ERROR)  # it comes back",
        "            pass  # it comes back",
        "tests/live/test_bounds.py -k word",
    ),
    Bug(
        "a server that stops leaves its phones to find out for themselves",
        "workshop/live/hub.py",
        "for socket in self.everyone()]\n        if closing:",
        "for socket in ()]\n        if closing:",
        "tests/live/test_doorstep.py",
    ),
]

BAD_INPUT = [
    Bug(
        "a deep frame ends the process",
        "workshop/live/reading.py",
        "    except (ValueError, RecursionError) as error:\n",
        "    except ValueError as error:\n",
        "tests/live/test_reading.py",
    ),
    Bug(
        "a frame of any size is read",
        "workshop/live/reading.py",
        "    if len(frame) > MAX_FRAME:\n",
        "    if False:\n",
        "tests/live/test_reading.py",
    ),
    Bug(
        "a character that the database refuses gets as far as there",
        "workshop/plain_text.py",
        '        if category == "Cs" or (category == "Cc" and character not in "\\n\\t"):\n',
        '        if category == "Cs":\n',
        "tests/test_plain_text.py",
    ),
    Bug(
        "stacked marks paint over the neighbors' lines",
        "workshop/plain_text.py",
        '    value = _MARKS.sub(r"\\1", value)\n',
        "",
        "tests/test_plain_text.py",
    ),
    Bug(
        "text becomes a heading in the Markdown",
        "definitions/exports/as_markdown.py",
        'return _MARKUP.sub(r"\\\\\\1", " ".join(text.split()))',
        'return " ".join(text.split())',
        "tests/definitions/exports/test_escaping.py",
    ),
    Bug(
        "a tag on a word that is not there",
        "definitions/elements/commands/tagging.py",
        "        if any(number >= len(found) for number in words):\n",
        "        if False:\n",
        "tests/definitions/elements/test_tagging.py tests/room/test_bad_input.py",
    ),
]
