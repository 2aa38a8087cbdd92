"""Keep the argument of an inverse or a special function inside its open domain."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, name_of, wrap_argument

TITLE = "Keep the argument inside the open domain of the function"
EFFECT = "safe"
_UNIT = ("acos", "asin", "arccos", "arcsin", "atanh", "arctanh", "erfinv")
_FLOORS = {
    "acosh": "1.0 + 1e-6",
    "arccosh": "1.0 + 1e-6",
    "lgamma": "1e-6",
    "digamma": "1e-6",
    "igamma": "1e-6",
    "igammac": "1e-6",
}
_NAMES = (*_UNIT, *_FLOORS, "ndtri")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call."""

    def guard(code: Code, call: Call, text: str) -> str | None:
        math, name = code.math(near=code.of(call.func)), name_of(call.func)
        if math is None:
            return None
        if name in _FLOORS:
            return f"{math.maximum}({text}, {_FLOORS[name]})"
        low = "1e-6" if name == "ndtri" else "-1.0 + 1e-6"
        return f"{math.clip}({text}, {low}, 1.0 - 1e-6)"

    return wrap_argument(evidence, _NAMES, TITLE, guard)
