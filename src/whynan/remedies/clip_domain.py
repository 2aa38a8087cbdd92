"""Keep the argument inside the open domain of acos and asin."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, wrap_argument

TITLE = "Keep the argument inside the open domain of acos and asin"
EFFECT = "safe"
_NAMES = ("acos", "asin", "arccos", "arcsin", "atanh", "arctanh")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call."""

    def guard(code: Code, call: Call, text: str) -> str | None:
        math = code.math(near=code.of(call.func))
        return f"{math.clip}({text}, -1.0 + 1e-6, 1.0 - 1e-6)" if math else None

    return wrap_argument(evidence, _NAMES, TITLE, guard)
