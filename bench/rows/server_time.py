"""The slowest page or POST, and whether a larger meeting takes more queries."""

import json
import subprocess
import sys

from bench.measured import Measured
from bench.processes import ROOT, on_servers_core
from bench.program import House


def pages(house: House, people: int) -> Measured:
    """p95 in ms of the slowest; in the detail every page with its queries."""
    prepared = house.prepare("vote", people)
    told = {"MEETING": json.dumps(vars(prepared.meetings[0])), "SIGNED_IN": prepared.signed_in}
    environment = {**house.environment(house.copy_of(prepared)), **told}
    with on_servers_core():
        command = [sys.executable, "-m", "bench.pages", str(people)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The pages could not be measured:\n{done.stderr[-3000:]}")
    pages = json.loads(done.stdout)
    slowest = max(pages, key=lambda name: pages[name]["p95_ms"])
    most = max(pages, key=lambda name: pages[name]["queries"])
    detail = {"slowest": slowest, "most_queries": pages[most]["queries"], "of": most, "pages": pages}
    return Measured(pages[slowest]["p95_ms"], detail)
