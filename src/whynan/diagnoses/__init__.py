"""The root causes that whynan knows: one file each, found by reading the package, ranked by confidence."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from types import ModuleType

from whynan.case.nouns import Cause, Evidence


@functools.cache
def rules() -> dict[str, ModuleType]:
    """The diagnosis modules by slug."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def diagnose(evidence: Evidence) -> list[Cause]:
    """All causes that the evidence speaks for, best first; `unknown` alone where nothing scored."""
    causes: list[Cause] = []
    for slug, rule in rules().items():
        if slug == "unknown":
            continue
        try:
            cause = rule.diagnose(evidence)
        except Exception as error:  # one broken rule must not hide the answers of the others
            evidence.notes.append(f"the diagnosis {slug} failed: {type(error).__name__}: {error}")
            continue
        if cause is not None and cause.confidence > 0:
            cause.summary = _sentence(cause.summary)
            causes.append(cause)
    causes.sort(key=lambda cause: -cause.confidence)
    if not causes:
        unknown = rules()["unknown"].diagnose(evidence)
        causes = [unknown] if unknown is not None else []
    return causes


def _sentence(text: str) -> str:
    """Begin with a capital, unless the first word is a name, a function or a number."""
    word = re.match(r"[a-z]+(?= )", text)
    return text if word is None else text[0].upper() + text[1:]


__all__ = ["diagnose", "rules"]
