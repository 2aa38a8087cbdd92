"""One verb a file, imported when it is called: `whynan --help` starts no framework and no formatter."""

from __future__ import annotations

import importlib
from typing import Any

import click

from whynan import __version__
from whynan.commands._settings import apply_settings

VERBS = {
    "run": "Run SCRIPT, stop it at the first harmful non-finite value, and say why.",
    "explain": "Diagnose a recorded case again.",
    "report": "Render a case as html, json, sarif, github, junit or markdown.",
    "rule": "What a diagnosis looks for, why it matters, how to fix it.",
    "env": "Versions and settings for a bug report.",
}


class _Verbs(click.Group):
    """A group that imports a verb's module only when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"whynan.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            apply_settings(ctx, name, command)
        return name, command, rest


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog="First: whynan run train.py")
@click.version_option(__version__, "-V", "--version", prog_name="whynan", message="%(prog)s %(version)s")
def group() -> None:
    """Why is my loss NaN? whynan runs a script, finds where the first harmful NaN was born, and proves a fix."""


def main(args: list[str] | None = None, **extra: Any) -> Any:
    """The whole program."""
    return group.main(args=args, prog_name="whynan", **extra)
