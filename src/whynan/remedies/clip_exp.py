"""Bound the argument of the exponential."""

from __future__ import annotations

import functools

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, wrap_argument

TITLE = "Bound the argument of the exponential"
EFFECT = "changes results"
_NAMES = ("exp", "expm1", "sinh", "cosh", "bessel_i0", "bessel_i1", "i0", "i1")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call: so that the result fits, then so that it can be calculated with."""

    def guard(bound: str, code: Code, call: Call, text: str) -> str | None:
        math = code.math(near=code.of(call.func))
        return f"{math.clip}({text}, -{bound}, {bound})" if math else None

    wide, narrow = (
        wrap_argument(evidence, _NAMES, f"{TITLE} by {bound}", functools.partial(guard, bound))
        for bound in ("60.0", "10.0")
    )
    return [*wide[:1], *narrow[:1], *wide[1:]]
