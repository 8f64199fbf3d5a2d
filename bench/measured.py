"""What one measurement gives."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """The figure of a row, and what else was seen on the way: wall time, CPU of both sides, counts."""

    figure: float
    detail: dict[str, Any] = field(default_factory=dict)
