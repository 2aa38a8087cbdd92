"""Use a constant that float16 can hold."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty, number

TITLE = "Use a constant that float16 can hold"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Written numbers beyond 65504 in the function of the origin become 3e4."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    for constant in code.walk(ast.Constant, code.scope(node)):
        value = number(constant)
        if value is not None and value > 65504:
            code.replace(constant, "3e4")
    return code.patch(TITLE)
