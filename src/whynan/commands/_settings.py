"""Options from `[tool.whynan]` of pyproject.toml and `WHYNAN_*` variables; of file, variable, flag the later wins."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click


def option_name(option: click.Option) -> str:
    """The name of an option as a person writes it: `no-trials`."""
    return max(option.opts, key=len).lstrip("-")


def _options(command: click.Command) -> dict[str, click.Option]:
    found = [param for param in command.params if isinstance(param, click.Option)]
    return {option_name(option): option for option in found if any(opt.startswith("--") for opt in option.opts)}


def _file_settings() -> tuple[Path | None, dict[str, Any]]:
    """The table of the nearest pyproject.toml at or above the working directory."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            try:
                table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("whynan", {})
            except (OSError, ValueError) as error:
                raise click.UsageError(f"cannot read {path}: {error}") from None
            if not isinstance(table, dict):
                raise click.UsageError(f"{path}: [tool.whynan] must be a table")
            return path, table
    return None, {}


def _known_elsewhere(parent: click.Context, key: str) -> bool:
    group = parent.command
    assert isinstance(group, click.Group)
    commands = (group.get_command(parent, name) for name in group.list_commands(parent))
    return any(key in _options(command) for command in commands if command is not None)


def apply_settings(parent: click.Context, name: str, command: click.Command) -> None:
    """Give a command's options their variables, and the file's values as defaults."""
    options = _options(command)
    for option, param in options.items():
        param.envvar = param.envvar or "WHYNAN_" + option.upper().replace("-", "_")
    path, table = _file_settings()
    defaults: dict[str, Any] = {}
    for key, value in table.items():
        option = key.replace("_", "-")
        if option in options and options[option].name is not None:
            defaults[str(options[option].name)] = value
        elif not _known_elsewhere(parent, option):
            raise click.UsageError(f"{path}: [tool.whynan] has no option {key!r}; see whynan run --help")
    parent.default_map = {**(parent.default_map or {}), name: defaults}
