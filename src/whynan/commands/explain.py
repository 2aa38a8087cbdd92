"""`whynan explain`: diagnose a recorded case again, also on another machine."""

from __future__ import annotations

import sys

import click

from whynan.case.nouns import Cause, Report
from whynan.commands._output import chosen_format, exit_code, read_case, write


def again(report: Report) -> list[Cause]:
    """The causes by today's rules; what the trials of the case proved stays proven."""
    from whynan.diagnoses import diagnose

    if report.evidence is None:
        return report.causes
    from whynan.commands._rivals import rank

    return rank(diagnose(report.evidence), report.remedies, report.evidence)


@click.command("explain", help="Diagnose CASE again; without one, the latest *.whynan of the working directory.")
@click.option("--json", "json_path", metavar="PATH", help="Write the report as JSON (- for stdout).")
@click.option("-o", "--output", metavar="PATH", help="Write the report in the format of the suffix.")
@click.option("--output-format", metavar="F", help="html, json, sarif, github, junit or markdown.")
@click.option("--strict", is_flag=True, help="unstable and side_nonfinite also exit 1.")
@click.option("-q", "--quiet", is_flag=True, help="No text for people.")
@click.option("-v", "--verbose", count=True, help="Every step of the chain, and weaker causes.")
@click.argument("case", required=False)
def command(
    case: str | None, json_path: str | None, output: str | None, output_format: str | None, strict: bool, quiet: bool,
    verbose: int,
) -> None:  # fmt: skip
    """Read, diagnose, show, and exit as `run` did."""
    chosen = chosen_format(output, output_format)
    report = read_case(case)
    report.causes = again(report)
    if not quiet:
        from whynan.report.terminal import print_report, stderr_console

        print_report(report, stderr_console(), verbose=verbose > 0)
    if json_path:
        write(report, json_path, "json")
    if chosen:
        write(report, output or "-", chosen)
    sys.exit(exit_code(report, strict=strict))
