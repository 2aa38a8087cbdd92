"""Compute in float32."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes

TITLE = "Compute in float32"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """float32 as the policy and as the type of casts."""
    for code in codes(evidence):
        for call in code.calls(["set_global_policy", "set_dtype_policy", "set_policy", "set_floatx"]):
            if call.args:
                code.replace(call.args[0], '"float32"')
        if not code.edits:
            for name in code.walk(ast.Attribute):
                if name.attr in ("float16", "half"):
                    code.replace(name, f"{code.of(name.value)}.float32")
        for text in code.walk(ast.Constant):
            if text.value in ("float16", "mixed_float16") and not any(
                s <= code.range(text)[0] < e for s, e, _ in code.edits
            ):
                code.replace(text, '"float32"')
        if code.edits:
            return code.patch(TITLE)
    return []
