"""Bound the argument of the exponential."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, wrap_argument

TITLE = "Bound the argument of the exponential"
EFFECT = "changes results"
_NAMES = ("exp", "expm1", "sinh", "cosh", "bessel_i0", "bessel_i1", "i0", "i1")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call."""

    def guard(code: Code, call: Call, text: str) -> str | None:
        math = code.math(near=code.of(call.func))
        return f"{math.clip}({text}, -60.0, 60.0)" if math else None

    return wrap_argument(evidence, _NAMES, TITLE, guard)
