"""The report as Markdown, for an issue or a pull request."""

from __future__ import annotations

import re

from whynan.case.nouns import Report
from whynan.report import _words as words

SUFFIXES = (".md", ".markdown")


def _code(text: str) -> str:
    """Text as inline code, whatever backticks are in it."""
    text = " ".join(text.split())
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text else ""


def _plain(text: str) -> str:
    """Text that stays as it is: neither Markdown nor HTML."""
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")


def _fence(text: str, language: str) -> list[str]:
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return [f"{ticks}{language}", text.rstrip("\n"), ticks, ""]


def render(report: Report) -> str:
    """The report as Markdown."""
    lines = [f"# {_plain(words.headline(report))}", ""]
    origin = report.origin
    if origin is not None:
        where = words.place(origin)
        lines += [
            "## Origin",
            "",
            f"{_code(where)} {_plain(f'({origin.phase}: {words.operation(origin)})')}".strip(),
            "",
        ]
        found = words.source_line(report)
        if found is not None:
            lines += _fence(found[0].strip(), "python")
        facts = [_code(words.operand(item)) for item in origin.operands]
        facts += [
            _plain(text) for text in (words.extent(origin), f"layer {origin.layer}" if origin.layer else "") if text
        ]
        lines += [f"- {fact}" for fact in facts] + [""]
    if report.chain:
        lines += ["## Because", "", _plain(words.chain(report)).replace("->", "→"), ""]
    for rank, cause in enumerate(report.causes):
        title = "Cause" if rank == 0 else "Or"
        lines += [f"## {title}: {_code(cause.slug)}", "", f"{_plain(cause.summary)} ({words.sureness(cause)})", ""]
        lines += [f"- for: {_plain(item)}" for item in words.speaks_for(cause)]
        lines += [f"- against: {_plain(item)}" for item in cause.evidence_against]
        lines.append("")
    if report.remedies:
        lines += ["## Fix", ""]
        best = words.best_remedy(report)
        for item in sorted(report.remedies, key=lambda remedy: remedy is not best):
            lines += [f"**{_plain(item.title)}**: {_plain(words.outcome(item))}", ""]
            lines += _fence(item.patch, "diff") if item.patch else []
    if report.notes:
        lines += ["## Notes", "", *[f"- {_plain(note)}" for note in report.notes], ""]
    lines += _run(report)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"


def _run(report: Report) -> list[str]:
    facts = [("command", words.command_words(report)), ("ran", words.run_words(report))]
    facts += [(key, str(value)) for key, value in report.environment.items() if isinstance(value, (str, int, float))]
    rows = [f"| {_plain(str(key))} | {_plain(value)} |" for key, value in facts if value]
    return ["## Run", "", "| | |", "| --- | --- |", *rows, ""] if rows else []
