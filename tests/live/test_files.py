"""Static files from memory: what ServeStatic would answer, and no more of them than there is room for."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from workshop.live import files as module
from workshop.live.files import Files

STYLE = b"body { color: teal }\n" * 50


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "phone.css").write_bytes(STYLE)
    (tmp_path / "phone.css.gz").write_bytes(gzip.compress(STYLE))
    return Files(no_file, tmp_path, "/static/")


async def no_file(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"no such file"})


def ask(files: Files, path: str = "/static/phone.css", method: str = "GET", **headers: str) -> Any:
    events: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": named}
    asyncio.run(files(scope, None, send))
    return events[0]["status"], dict(events[0]["headers"]), b"".join(event["body"] for event in events[1:])


@pytest.mark.parametrize(
    "accepted", ["", "gzip", "gzip, deflate, br, zstd", "gzip;q=0", "gzip;q=0.5", "identity", "*", "xgzip"]
)
def test_from_memory_comes_what_came_from_the_disk(files: Files, tmp_path: Path, accepted: str) -> None:
    first = ask(files, accept_encoding=accepted)
    packed = accepted in ("gzip", "gzip;q=0.5", "gzip, deflate, br, zstd")
    assert (gzip.decompress(first[2]) if packed else first[2]) == STYLE
    assert first[1].get(b"content-encoding") == (b"gzip" if packed else None)
    assert first[1][b"x-content-type-options"] == b"nosniff"
    for path in tmp_path.iterdir():
        path.unlink()
    assert ask(files, accept_encoding=accepted) == first


def test_parts_heads_and_conditions_are_answered_as_such(files: Files) -> None:
    status, headers, body = ask(files)
    for _time in range(2):
        assert ask(files, range="bytes=5-9")[::2] == (206, STYLE[5:10])
        assert ask(files, if_none_match=headers[b"etag"].decode())[::2] == (304, b"")
        assert ask(files, if_modified_since=headers[b"last-modified"].decode())[::2] == (304, b"")
        assert ask(files, method="HEAD")[::2] == (200, b"")
        assert ask(files, method="POST")[0] == 405
        assert ask(files) == (status, headers, body) == (200, headers, STYLE)


def test_what_is_no_file_is_not_kept(files: Files) -> None:
    for number in range(3):
        assert ask(files, f"/static/none-{number}.css")[0] == 404
    assert files.kept == {}


def test_there_is_an_end_to_what_is_kept(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", len(STYLE) + 10)
    assert ask(files)[2] == STYLE
    assert gzip.decompress(ask(files, accept_encoding="gzip")[2]) == STYLE
    assert (len(files.kept), files.bytes_kept) == (1, len(STYLE))
    for number in range(100):
        ask(files, accept_encoding=f"gzip, x{number}")
    assert len(files.kept) == 1
