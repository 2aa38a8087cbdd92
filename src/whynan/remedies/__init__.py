"""One remedy a file; this registry reads the folder, so that a new remedy edits no other file."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from types import ModuleType


@functools.cache
def remedies() -> dict[str, ModuleType]:
    """All remedies by slug: modules with `TITLE`, `EFFECT` and `patches(evidence, cause)`."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
