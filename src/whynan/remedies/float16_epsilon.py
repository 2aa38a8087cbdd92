"""Use an epsilon that float16 can hold."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty, number

TITLE = "Use an epsilon that float16 can hold"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Small written numbers in the function of the origin become 1e-3."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    for constant in code.walk(ast.Constant, code.scope(node)):
        value = number(constant)
        if value is not None and 0.0 < value < 6e-5:
            code.replace(constant, "1e-3")
    return code.patch(TITLE)
