"""Keep the argument of the logarithm above a small epsilon."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, eps_of, name_of, wrap_argument

TITLE = "Keep the argument of the logarithm above a small epsilon"
EFFECT = "safe"
_NAMES = ("log", "log2", "log10", "log1p", "xlogy")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the argument of the guilty call."""
    eps = eps_of(evidence)

    def guard(code: Code, call: Call, text: str) -> str | None:
        math = code.math(near=code.of(call.func))
        least = f"-1.0 + {eps}" if name_of(call.func) == "log1p" else eps
        return f"{math.maximum}({text}, {least})" if math else None

    return wrap_argument(evidence, _NAMES, TITLE, guard)
