"""Where an answer goes: text for people to stderr, data to stdout or a file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from whynan.case.nouns import Report, Status

EXIT_CODES: dict[Status, int] = {
    "healthy": 0, "nonfinite": 1, "script_failed": 2, "inconclusive": 3, "unstable": 0, "side_nonfinite": 0,
}  # fmt: skip


def exit_code(report: Report, *, strict: bool = False) -> int:
    """The exit code of the contract."""
    if strict and report.status in ("unstable", "side_nonfinite"):
        return 1
    return EXIT_CODES[report.status]


def read_case(path: str | None) -> Report:
    """The case at a path, or the latest one of the working directory."""
    from whynan.case.archive import CaseError, load_case

    try:
        return load_case(path if path is not None else _latest())
    except CaseError as error:
        raise click.UsageError(str(error)) from None


def _latest() -> Path:
    cases = [path for path in Path.cwd().glob("*.whynan") if path.is_file()]
    if not cases:
        raise click.UsageError("no case given, and no *.whynan here: `whynan run SCRIPT` leaves one behind")
    return max(cases, key=lambda path: path.stat().st_mtime_ns).relative_to(Path.cwd())


def chosen_format(output: str | None, output_format: str | None) -> str | None:
    """The format that the options ask for, or None; one that does not exist is refused by name."""
    from whynan.report import ReportError, check_format, format_of

    try:
        if output_format:
            return check_format(output_format)
        return format_of(output) if output and output != "-" else None
    except ReportError as error:
        raise click.UsageError(str(error)) from None


def write(report: Report, path: str, format: str) -> None:
    """Write a report to a file, or to stdout for `-`."""
    from whynan.report import render

    text = render(report, format)
    if path == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror or error}") from None


def check_writable(path: str) -> None:
    """Refuse a path that cannot be written, before hours of training end with that news; nothing is left there."""
    target = Path(path).absolute()
    try:
        if target.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(0, "it is not writable")
        with tempfile.TemporaryFile(dir=target.parent):
            pass  # tried rather than asked: permissions do not tell of read-only disks
    except OSError as error:
        reason = "its folder does not exist" if not target.parent.is_dir() else error.strerror or str(error)
        raise click.UsageError(f"cannot write {path}: {reason}") from None


@contextmanager
def stdout_for_data() -> Iterator[None]:
    """What the block writes to stdout goes to stderr, also from other programs; afterwards stdout is free for data."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
