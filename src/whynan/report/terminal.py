"""The answer on a terminal: readable in ten seconds, complete for an expert, in 80 columns."""

from __future__ import annotations

import io

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from whynan.case.nouns import Cause, RemedyResult, Report
from whynan.report import _words as words

SUFFIXES = (".txt",)

_COLOURS = {
    "nonfinite": "bold red",
    "healthy": "bold green",
    "side_nonfinite": "bold yellow",
    "unstable": "bold yellow",
}
_MOST_DIFF_LINES = 40


def stderr_console() -> Console:
    """A console on stderr, where text for people goes; coloured as NO_COLOR and the terminal say."""
    return Console(stderr=True, highlight=False)


def print_report(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Print a report to a console."""
    headline = Text(words.headline(report), style=_COLOURS.get(report.status, "bold yellow"))
    details = words.run_words(report)
    if details and report.status != "nonfinite":
        headline.append(f" ({details})", style="not bold default")
    console.print(headline)
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, body in _sections(report, console.width - 10, verbose):
        table.add_row()
        table.add_row(label, body)
    if table.row_count:
        console.print(table)


def render(report: Report) -> str:
    """The report as plain text of 80 columns."""
    console = Console(file=io.StringIO(), width=80, no_color=True, highlight=False, force_terminal=False)
    print_report(report, console, verbose=True)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


def _sections(report: Report, width: int, verbose: bool) -> list[tuple[str, RenderableType]]:
    sections: list[tuple[str, RenderableType]] = []
    if report.origin is not None:
        sections.append(("Origin", _origin(report, width)))
    if report.chain:
        sections.append(("Because", _because(report, verbose)))
    if report.causes:
        sections.append(("Cause", _cause(report.causes, verbose)))
    if report.remedies:
        sections.append(("Fix", _fix(report.remedies, words.best_remedy(report))))
    if report.notes:
        sections.append(("Notes", _lines([Text(f"- {note}") for note in report.notes])))
    if report.case and report.status not in ("healthy", "script_failed"):
        case = Text(report.case)
        case.append(f"\nnext: whynan report {report.case} -o report.html", style="dim")
        sections.append(("Case", case))
    return sections


def _lines(parts: list[Text]) -> Group:
    return Group(*parts)


def _origin(report: Report, width: int) -> Group:
    origin = report.origin
    assert origin is not None
    parts: list[Text] = []
    first = Text(words.place(origin), style="cyan")
    if origin.function and origin.function != "<module>":
        first.append(f" in {origin.function}", style="default")
    where = f"{origin.phase}: {words.operation(origin)}" + (f", layer {origin.layer}" if origin.layer else "")
    first.append(f"{'   ' if first.plain else ''}({where})", style="default")
    parts.append(first)
    found = words.source_line(report)
    if found is not None:
        parts.extend(_quoted(*found, width))
    if origin.operands:
        parts.append(Text("   ".join(words.operand(item) for item in origin.operands[:3])))
    result = f"gave {words.number(origin.result)}" if origin.result is not None and origin.operands else ""
    if result and origin.dtype:
        result += f" in {origin.dtype}"
    if result and origin.shadow is not None:
        result += f" (in float64: {words.number(origin.shadow)})"
    extent = words.extent(origin)
    tail = "; ".join(part for part in (result, extent) if part)
    if tail:
        parts.append(Text(tail))
    return _lines(parts)


def _quoted(line: str, start: int, end: int, width: int) -> list[Text]:
    """A source line with its guilty expression underlined, cut to the width around the expression."""
    indent = len(line) - len(line.lstrip())
    text, start, end = line.strip(), max(start - indent, 0), max(end - indent, 0)
    room = max(width - 4, 20)
    if len(text) > room:
        left = max(min(start, max(start - 10, end - room + 9)), 0)
        right = left + room - 6
        if left:
            text, start, end, right = "..." + text[left:], start - left + 3, end - left + 3, right - left + 3
        if right < len(text):
            text = text[:right] + "..."
    quoted = Text("  ")
    quoted.append(text)
    if end <= start:
        return [quoted]
    quoted.stylize("bold", 2 + start, 2 + end)
    return [quoted, Text("  " + " " * start + "^" * (min(end, len(text)) - start), style="red")]


def _because(report: Report, verbose: bool) -> Group:
    parts = [Text(words.chain(report))]
    if verbose:
        for item in words.links(report):
            expression = " ".join(item.expression.split())
            place = words.place(item)
            born = "  <- born here" if words.is_origin(report, item) else ""
            shown = expression if len(expression) <= 44 else expression[:41] + "..."
            parts.append(Text(f"  {item.op} {words.number(item.value_out)}  {shown}  {place}{born}", style="dim"))
    return _lines(parts)


def _cause(causes: list[Cause], verbose: bool) -> Group:
    best, *others = causes
    parts = [Text.assemble((best.slug, "bold red"), f"  ({best.category}; {words.sureness(best)})")]
    parts.append(Text(best.summary))
    parts += [Text(f"+ {item}", style="green") for item in words.speaks_for(best)]
    parts += [Text(f"- {item}", style="yellow") for item in best.evidence_against]
    for other in [o for o in others if verbose or o.confidence >= 0.25][: 10 if verbose else 2]:
        parts.append(
            Text.assemble(("or ", "dim"), (other.slug, "bold"), f" ({words.sureness(other)}): {other.summary}")
        )
    return _lines(parts)


def _fix(remedies: list[RemedyResult], best: RemedyResult | None) -> Group:
    parts: list[Text] = []
    for item in [r for r in remedies if r is best] + [r for r in remedies if r is not best][:4]:
        style = {"cured": "bold green", "not_run": "yellow"}.get(item.outcome, "dim")
        prefix = "" if item is best else "also "
        parts.append(Text.assemble(f"{prefix}{item.title}: ", (words.outcome(item), style)))
        if item is best and item.patch:
            parts.extend(_diff(item.patch))
    return _lines(parts)


def _diff(patch: str) -> list[Text]:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = patch.splitlines()
    parts = [Text("  " + line, style=colours.get(line[:1], "")) for line in lines[:_MOST_DIFF_LINES]]
    if len(lines) > _MOST_DIFF_LINES:
        parts.append(Text(f"  ... {len(lines) - _MOST_DIFF_LINES} more lines in the report file", style="dim"))
    return parts
