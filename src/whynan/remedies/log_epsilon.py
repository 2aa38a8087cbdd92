"""Keep the argument of the logarithm above a small epsilon."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, eps_of, wrap_argument

TITLE = "Keep the argument of the logarithm above a small epsilon"
EFFECT = "safe"
_NAMES = ("log", "log2", "log10")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call."""
    eps = eps_of(evidence)

    def guard(code: Code, call: Call, text: str) -> str | None:
        math = code.math(near=code.of(call.func))
        return f"{math.maximum}({text}, {eps})" if math else None

    return wrap_argument(evidence, _NAMES, TITLE, guard)
