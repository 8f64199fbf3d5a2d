"""What stands around the meeting: browsers, the way in, whoever runs the server, and how long things are kept."""

from tests.mutants.bug import Bug

THE_WAY_IN = [
    Bug(
        "a page from elsewhere opens our sockets",
        "workshop/live/consumer.py",
        "(origin.scheme, origin.netloc) == (scheme, host) and ",
        "",
        "tests/live/test_doorstep.py",
    ),
    Bug(
        "a script makes markup of what somebody typed",
        "workshop/room/security.py",
        "        \"require-trusted-types-for 'script'\",",
        "       ",
        "tests/test_security.py",
    ),
    Bug(
        "what stands inline in a page is run",
        "workshop/room/security.py",
        "        \"script-src 'self'\",\n",
        "        \"script-src 'self' 'unsafe-inline'\",\n",
        "tests/test_security.py",
    ),
    Bug(
        "a flood of reports fills the log",
        "workshop/room/security.py",
        "            return self.left >= 0\n",
        "            return True\n",
        "tests/test_security.py",
    ),
    Bug(
        "signing in leads to a foreign page",
        "workshop/accounts/views.py",
        '    return url if ours else ""\n',
        "    return url\n",
        "tests/accounts/test_pages.py",
    ),
    Bug(
        "cookies go by plain HTTP",
        "workshop/settings.py",
        "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOYED\n",
        "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False\n",
        "tests/test_security.py",
    ),
    Bug(
        "browsers come back without TLS",
        "workshop/settings.py",
        "SECURE_HSTS_SECONDS = 31_536_000 if DEPLOYED else 0\n",
        "SECURE_HSTS_SECONDS = 0\n",
        "tests/test_security.py",
    ),
]

HALF_REQUESTS = [
    Bug(
        "half a request takes a thread from the others for as long as it likes",
        "workshop/live/bodies.py",
        "        async with asyncio.timeout(PATIENCE):\n",
        "        async with asyncio.timeout(None):\n",
        "tests/live/test_bodies.py -k waited",
    ),
    Bug(
        "a body without end fills the server's memory",
        "workshop/live/bodies.py",
        "                if len(body) > MOST_BYTES:\n",
        "                if False:\n",
        "tests/live/test_bodies.py -k ends",
    ),
    Bug(
        "a head of five megabytes stops the server for seconds",
        "workshop/live/bodies.py",
        " > MOST_OF_HEAD:\n",
        " < 0:\n",
        "tests/live/test_bodies.py -k head",
    ),
    Bug(
        "a server that is behind does what nobody waits for any more",
        "workshop/live/http.py",
        " and await _gave_up(answer, receive):",
        " and False:",
        "tests/live/test_http.py",
    ),
]

WATCHED_AND_KEPT = [
    Bug(
        "a server without its database says that it is ready",
        "workshop/health.py",
        "if not _answers(what, answer)]\n",
        "if False]\n",
        "tests/test_health.py -k refuses",
    ),
    Bug(
        "the metrics are everybody's behind a proxy",
        "workshop/health.py",
        "    return not forwarded and ",
        "    return ",
        "tests/test_health.py",
    ),
    Bug(
        "the log repeats what a database quotes of a person's text",
        "workshop/logs.py",
        'f"{kind.__module__}.{kind.__qualname__}"',
        "str(_error)",
        "tests/test_logs.py",
    ),
    Bug(
        "who was erased keeps their name",
        "workshop/keeping/commands/erasing.py",
        '    person.name, person.name_hidden, person.on_poster = "", True, False\n',
        "    person.name_hidden, person.on_poster = True, False\n",
        "tests/keeping/test_erasing.py",
    ),
    Bug(
        "people are erased although nobody asked for it",
        "workshop/keeping/commands/retaining.py",
        "timedelta(days=terms.people)) if terms.people else []),",
        "timedelta(days=terms.people))),",
        "tests/keeping/test_retaining.py",
    ),
    Bug(
        "a restore that fails leaves an empty database",
        "workshop/keeping/copies.py",
        'f"BEGIN;\\n{drop}"',
        'f"{drop}BEGIN;\\n"',
        "tests/keeping/test_failed_restore.py",
    ),
    Bug(
        "nobody signs in while the cache that counts failures is away",
        "workshop/accounts/failures.py",
        "    except RedisError:\n",
        "    except ZeroDivisionError:\n",
        "tests/accounts/test_commands.py",
    ),
    Bug(
        "who asks a process by its own address is sent away",
        "workshop/health.py",
        "        if request.path == READY:\n            return ready(request)\n",
        "",
        "tests/test_health.py -k own_address",
    ),
]
