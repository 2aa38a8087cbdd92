"""Start from a standard initialiser."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, argument, codes, number

TITLE = "Start from a standard initialiser"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Wide initialisers become Glorot's; a wide `tf.random.normal` of a variable gets a spread by its fan-in."""
    for code in codes(evidence):
        for call in code.calls(["RandomNormal", "TruncatedNormal", "RandomUniform", "VarianceScaling"]):
            code.replace(call, '"glorot_uniform"')
        for variable in code.calls(["Variable"]):
            for call in code.calls(["normal", "truncated_normal"], variable):
                shape = argument(call, 0, "shape")
                if not isinstance(shape, (ast.List, ast.Tuple)) or len(shape.elts) < 2:
                    continue
                spread = argument(call, 2, "stddev")
                fan = f"({code.of(shape.elts[-2])}) ** -0.5"
                if spread is None:
                    code.add_argument(call, f"stddev={fan}")
                elif (number(spread) or 1.0) >= 0.5:
                    code.replace(spread, fan)
        if code.edits:
            return code.patch(TITLE)
    return []
