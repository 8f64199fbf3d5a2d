"""What the tests of joint drafting share: a Node process, the length of the run, and its seed.

THOROUGH=1 runs the long form. SEED=... repeats a run: every test prints the seed that it used.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
THOROUGH = bool(os.environ.get("THOROUGH"))


class Node:
    """codemirror.mjs, spoken to in batches of calls [name, *arguments]."""

    def __init__(self) -> None:
        program = ["node", str(HERE / "codemirror.mjs")]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        assert self.process.stdin
        assert self.process.stdout
        self.ask, self.answers = self.process.stdin, self.process.stdout

    def batch(self, calls: list[list[Any]]) -> list[Any]:
        self.ask.write(json.dumps(calls) + "\n")
        self.ask.flush()
        line = self.answers.readline()
        assert line, f"Node ended with {self.process.wait()} at {calls}"
        answers: list[Any] = json.loads(line)
        return answers

    def call(self, *call: Any) -> Any:
        return self.batch([list(call)])[0]

    def close(self) -> None:
        self.ask.close()
        self.process.wait(10)


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    if not shutil.which("node") or not (HERE.parents[2] / "node_modules/@codemirror/state").exists():
        pytest.skip("needs Node and node_modules: run make build")
    process = Node()
    yield process
    process.close()


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("SEED", 20))
    print(f"SEED={chosen}")
    return chosen


@pytest.fixture
def rng(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def times():
    """times(short, long): how often to do it in this run."""
    return lambda short, long: long if THOROUGH else short
