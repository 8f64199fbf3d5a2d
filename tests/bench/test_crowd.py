"""The load client says how busy it was, although it never sleeps."""

import socket
import time

from bench.crowd import Crowd


def test_a_client_is_idle_while_it_looks_and_nothing_has_come() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Crowd(listener.getsockname()[1]) as crowd:
        before, began = Crowd.idle, time.perf_counter()
        crowd.rest(0.1)
        assert Crowd.idle - before > 0.9 * (time.perf_counter() - began)


def test_a_client_that_does_what_is_due_is_not_idle() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Crowd(listener.getsockname()[1]) as crowd:

        def work() -> None:
            until = time.perf_counter() + 0.2
            while time.perf_counter() < until:
                pass

        before, began = Crowd.idle, time.perf_counter()
        crowd.at(began, work)
        crowd.rest(0.3)
        assert Crowd.idle - before <= time.perf_counter() - began - 0.2
