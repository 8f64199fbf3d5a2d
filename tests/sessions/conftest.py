import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:
    """at_once(call, call, …): what each gave or raised, called at the same moment in threads of their own."""
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        # As in a meeting, each thread has its own connection to a file, and waits for the others' locks.
        with sqlite3.connect(tmp_path / "threads.sqlite3") as file:
            in_memory.backup(file)
        file.close()
        connection.connection, connection.settings_dict["NAME"] = None, str(tmp_path / "threads.sqlite3")

    def run(*calls: Callable[[], Any]) -> list[Any]:
        together = threading.Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                together.wait(10)
                return call()
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(one, calls))

    yield run
    if connection.vendor == "sqlite":
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name
