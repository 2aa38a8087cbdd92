"""One self-contained HTML page: nothing is loaded from elsewhere, everything is escaped."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from whynan import __version__
from whynan.case.archive import plain
from whynan.case.nouns import Report
from whynan.report import _words as words

SUFFIXES = (".html", ".htm")


def render(report: Report) -> str:
    """The report as a page."""
    import jinja2  # slow to import, and only this format needs it

    page = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    page.filters["number"] = words.number
    template = page.from_string(Path(__file__).with_name("page.html.j2").read_text(encoding="utf-8"))
    best = words.best_remedy(report)
    return template.render(
        report=report,
        words=words,
        quoted=_quoted(report),
        remedies=sorted(report.remedies, key=lambda item: item is not best),
        curve=_curve(report),
        facts=_facts(report),
        version=__version__,
    )


def _quoted(report: Report) -> list[dict[str, Any]]:
    """The lines around the guilty one, that one in three parts."""
    origin = report.origin
    found = words.source_line(report)
    if origin is None or found is None:
        return []
    line, start, end = found
    text = report.evidence.sources.get(origin.file or "", "") if report.evidence is not None else ""
    lines = text.splitlines()
    number = origin.line or 0
    if not 0 < number <= len(lines):
        return [{"number": number, "parts": (line, "", "")}]
    shown = range(max(number - 4, 0), min(number + 3, len(lines)))
    return [
        {
            "number": at + 1,
            "parts": (line[:start], line[start:end], line[end:]) if at + 1 == number else (lines[at], "", ""),
            "guilty": at + 1 == number,
        }
        for at in shown
    ]


def _curve(report: Report) -> dict[str, Any] | None:
    """The loss before the failure as the points of a polyline, on a logarithmic scale where it spans decades."""
    steps = report.evidence.trajectory if report.evidence is not None else []
    points = [(item.step, item.loss) for item in steps if item.loss is not None and math.isfinite(item.loss)]
    if len(points) < 3:
        return None
    losses = [loss for _, loss in points]
    log = min(losses) > 0 and max(losses) / min(losses) > 100
    heights = [math.log10(loss) if log else loss for loss in losses]
    low, span = min(heights), (max(heights) - min(heights)) or 1.0
    first, length = points[0][0], (points[-1][0] - points[0][0]) or 1
    places = [
        f"{600 * (step - first) / length:.1f},{120 - 110 * (height - low) / span:.1f}"
        for (step, _), height in zip(points, heights, strict=True)
    ]
    return {"points": " ".join(places), "log": log, "first": points[0], "last": points[-1], "high": max(losses)}


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = [("command", words.command_words(report)), ("ran", words.run_words(report))]
    for key, value in report.environment.items():
        facts.append((str(key), value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)))
    return [(key, value) for key, value in facts if value]
