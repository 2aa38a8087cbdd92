"""`whynan env`: versions and settings for a bug report, read without importing a framework."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import click

from whynan import __version__

_PACKAGES = (
    "tensorflow", "tensorflow-cpu", "tf-nightly", "tensorflow-macos", "keras", "jax", "torch", "numpy", "click",
    "jinja2", "msgspec", "rich",
)  # fmt: skip
_PREFIXES = ("TF_", "XLA_", "KERAS_", "CUDA_", "WHYNAN_", "NO_COLOR")


def facts() -> dict[str, str]:
    """What a maintainer asks first."""
    found = {"whynan": __version__, "python": platform.python_version(), "platform": platform.platform()}
    found["processors"] = str(os.cpu_count())
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    config = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
    with contextlib.suppress(OSError, ValueError):
        found["keras.json"] = json.dumps(json.loads(config.read_text(encoding="utf-8")))
    found.update({name: os.environ[name] for name in sorted(os.environ) if name.startswith(_PREFIXES)})
    return found


@click.command("env", help="Versions and settings for a bug report.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(output_format: str) -> None:
    """Print them."""
    found = facts()
    if output_format == "json":
        click.echo(json.dumps(found, indent=2))
        return
    width = max(len(name) for name in found)
    for name, value in found.items():
        click.echo(f"{name:{width}}  {value}")
