"""One report in the middle, one format a file around it: adding a module here adds a format.

A format is a module with `SUFFIXES` (file suffixes that mean it) and `render(report) -> str`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import PurePath
from types import ModuleType

from whynan.case.nouns import Report


class ReportError(ValueError):
    """A format that does not exist (yet); the message lists those that do."""


def formats() -> tuple[str, ...]:
    """The names of all formats."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")))


def check_format(name: str) -> str:
    """The name itself where such a format exists, else an error that lists those that do."""
    if name not in formats():
        raise ReportError(f"no report format {name!r}: choose one of {', '.join(formats())}")
    return name


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{check_format(name)}")


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that a file's suffix means."""
    name = PurePath(path).name
    suffixes = {suffix: kind for kind in formats() for suffix in _module(kind).SUFFIXES}
    found = [suffix for suffix in suffixes if name.lower().endswith(suffix)]
    if not found:
        known = ", ".join(f"{suffix} ({kind})" for suffix, kind in sorted(suffixes.items()))
        raise ReportError(f"no report format for {name!r}: use a suffix of {known}, or name one with --output-format")
    return suffixes[max(found, key=len)]


def render(report: Report, format: str) -> str:
    """The report as text in a format, ending with a newline."""
    text: str = _module(format).render(report)
    return text if text.endswith("\n") else text + "\n"
