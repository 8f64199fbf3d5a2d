"""What one measurement gives, and when and on what it was taken."""

import os
import platform
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.processes import CORES, ROOT


@dataclass(frozen=True)
class Measured:
    """The figure of a row, and what else was seen on the way: wall time, CPU of both sides, counts."""

    figure: float
    detail: dict[str, Any] = field(default_factory=dict)


def when() -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "workshop", "definitions", "templates"], cwd=ROOT)
    plus = "+" if changed.returncode == 1 else ""  # the program was not as it is committed
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    return {"date": now, "commit": commit.stdout.strip() + plus or "unknown"}


def machine() -> str:
    model = "unknown processor"
    with suppress(OSError, IndexError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line for line in lines if line.startswith("model name")).split(": ")[1]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return f"{model}, {len(CORES)} cores, {versions}; load average at the end {load}."
