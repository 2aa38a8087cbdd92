"""`whynan report`: render a case in any format."""

from __future__ import annotations

import click

from whynan.commands._output import chosen_format, read_case, write


@click.command("report", help="Render CASE (the latest one here when left out) to a file or to stdout.")
@click.option("-o", "--output", metavar="PATH", help="Where it goes; the suffix chooses the format.")
@click.option("--output-format", metavar="F", help="html, json, sarif, github, junit, markdown or terminal.")
@click.argument("case", required=False)
def command(case: str | None, output: str | None, output_format: str | None) -> None:
    """Read and render; the exit code says only whether that worked."""
    chosen = chosen_format(output, output_format) or "terminal"
    write(read_case(case), output or "-", chosen)
