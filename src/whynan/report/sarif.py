"""SARIF 2.1.0: for code scanning and editors, with the chain of values as a code flow."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from whynan import __version__
from whynan.case.archive import plain
from whynan.case.nouns import Cause, Link, Report
from whynan.report import _words as words

SUFFIXES = (".sarif",)

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"nonfinite": "error", "unstable": "warning", "side_nonfinite": "note", "inconclusive": "warning"}


def render(report: Report) -> str:
    """The report as a SARIF log with one run."""
    level = _LEVELS.get(report.status)
    cause = report.causes[0] if report.causes else None
    slug = cause.slug if cause is not None else "unknown"
    driver: dict[str, Any] = {"name": "whynan", "version": __version__, "rules": []}
    results: list[dict[str, Any]] = []
    if level is not None:
        driver["rules"] = [{"id": slug, "shortDescription": {"text": slug.replace("_", " ")}}]
        results = [_result(report, cause, slug, level)]
    failed = report.status == "script_failed"
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failed, "commandLine": words.command_words(report)}],
        "results": results,
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def _result(report: Report, cause: Cause | None, slug: str, level: str) -> dict[str, Any]:
    message = words.headline(report)
    if cause is not None:
        message += f" {cause.summary}"
    best = words.best_remedy(report)
    if best is not None:
        message += f" Fix: {best.title} ({words.outcome(best)})."
    result: dict[str, Any] = {"ruleId": slug, "ruleIndex": 0, "level": level, "message": {"text": message}}
    origin = report.origin
    if origin is not None and origin.file:
        result["locations"] = [_location(origin.file, origin.line, _columns(report), origin.expression)]
    steps = [{"location": _at(item)} for item in words.links(report) if item.file]
    if steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    confidence = cause.confidence if cause is not None else 0.0
    result["properties"] = {"confidence": plain(confidence), "chain": words.chain(report)}
    return result


def _columns(report: Report) -> tuple[int, int] | None:
    found = words.source_line(report)
    return (found[1] + 1, found[2] + 1) if found is not None and found[2] > found[1] else None


def _at(item: Link) -> dict[str, Any]:
    location = _location(item.file or "", item.line, None, None)
    location["message"] = {"text": f"{item.op} gave {words.number(item.value_out)}"}
    return location


def _location(file: str, line: int | None, columns: tuple[int, int] | None, snippet: str | None) -> dict[str, Any]:
    path = PurePath(file)
    artifact: dict[str, Any] = {"uri": quote(path.as_posix())}
    if path.is_absolute():
        artifact["uri"] = path.as_uri()
    else:
        artifact["uriBaseId"] = "%SRCROOT%"
    place: dict[str, Any] = {"artifactLocation": artifact}
    if line is not None and line > 0:
        region: dict[str, Any] = {"startLine": line}
        if columns is not None:
            region |= {"startColumn": columns[0], "endColumn": columns[1]}
        if snippet:
            region["snippet"] = {"text": snippet}
        place["region"] = region
    return {"physicalLocation": place}
