"""Workflow commands of GitHub Actions: the finding stands at its line in the pull request."""

from __future__ import annotations

from whynan.case.nouns import Report
from whynan.report import _words as words

SUFFIXES = (".github",)

_LEVELS = {"nonfinite": "error", "script_failed": "error", "healthy": "notice"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(report: Report) -> str:
    """One annotation, with the cause as its title."""
    origin = report.origin
    cause = report.causes[0] if report.causes else None
    properties: list[str] = []
    if origin is not None and origin.file and not origin.file.startswith("<"):
        properties.append(f"file={_property(origin.file)}")
        if origin.line is not None:
            properties.append(f"line={origin.line}")
            if origin.columns is not None and origin.columns[1] > origin.columns[0]:
                properties += [f"col={origin.columns[0] + 1}", f"endColumn={origin.columns[1] + 1}"]
    properties.append(f"title={_property('whynan: ' + (cause.slug if cause is not None else report.status))}")
    message = [words.headline(report)]
    if cause is not None:
        message.append(cause.summary)
    if report.chain:
        message.append(f"Because {words.chain(report)}")
    best = words.best_remedy(report)
    if best is not None:
        message.append(f"Fix: {best.title} ({words.outcome(best)})")
    return f"::{_LEVELS.get(report.status, 'warning')} {','.join(properties)}::{_data(chr(10).join(message))}\n"
