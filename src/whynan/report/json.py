"""The JSON report of the contract: always valid JSON, NaN and infinities as strings, unknown as null."""

from __future__ import annotations

import json
from typing import Any

from whynan.case.archive import plain
from whynan.case.nouns import Report

SUFFIXES = (".json",)

_SYMPTOM = ("what", "value", "step", "epoch", "batch", "silent")
_ORIGIN = (
    "phase", "op", "op_of", "layer", "file", "line", "columns", "expression", "operands", "elements", "rows",
)  # fmt: skip
_LINK = ("op", "expression", "file", "line", "value_in", "value_out")
_CAUSE = ("slug", "category", "confidence", "proven", "summary")
_REMEDY = ("slug", "title", "patch", "effect", "outcome")
_TRIAL = ("steps", "loss_before", "loss_after")


def _picked(item: Any, fields: tuple[str, ...]) -> dict[str, Any] | None:
    return None if item is None else {name: plain(getattr(item, name)) for name in fields}


def as_dict(report: Report) -> dict[str, Any]:
    """The report as plain objects, field by field as the contract lists them."""
    return {
        "format": report.format,
        "status": report.status,
        "symptom": _picked(report.symptom, _SYMPTOM),
        "origin": _picked(report.origin, _ORIGIN),
        "chain": [{**(_picked(item, _LINK) or {}), "expression": item.expression or None} for item in report.chain],
        "causes": [
            {
                **(_picked(item, _CAUSE) or {}),
                "evidence": {"for": plain(item.evidence_for), "against": plain(item.evidence_against)},
            }
            for item in report.causes
        ],
        "remedies": [
            {**(_picked(item, _REMEDY) or {}), "trial": _picked(item.trial, _TRIAL)} for item in report.remedies
        ],
        "notes": plain(report.notes),
        "run": plain(report.run),
        "environment": plain(report.environment),
    }


def render(report: Report) -> str:
    """The report as indented JSON."""
    return json.dumps(as_dict(report), indent=2, allow_nan=False, ensure_ascii=False)
