"""The report as JSON. `schema.json` beside this file is published with it and says what stands where."""

import json
from pathlib import Path
from typing import Any

from .report import Report

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text())


def as_dict(report: Report) -> dict[str, Any]:
    return {
        "$schema": SCHEMA["$id"],
        "version": report.schema,
        "meeting": {
            "id": report.session_id,
            "group": report.title,
            "customer_word": report.customer_word,
            "started_at": report.started_at,
            "people": report.people,
            "version_of": report.version_of,
            "rehearsal": report.rehearsal,
        },
        "definition": {
            "text": report.text,
            "words": report.words,
            "outcome": report.outcome,
            "agreed_at": report.agreed_at.isoformat(),
            "signed_by": list(report.signers),
            "marks": list(report.marks),
            "whose_words": list(report.whose),
        },
        "elements": list(report.elements),
        "names": {str(seat): name for seat, name in sorted(report.names.items())},
        "steps": list(report.steps),
    }


def as_json(report: Report) -> bytes:
    return (json.dumps(as_dict(report), ensure_ascii=False, indent=2) + "\n").encode()
