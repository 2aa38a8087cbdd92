"""Keep the scale positive with softplus."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty, guilty_calls

TITLE = "Keep the scale positive with softplus"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The scale passes through softplus plus a small number, above the statement that takes its logarithm or root."""
    code, calls = guilty_calls(evidence, ["log", "sqrt", "rsqrt", "pow"])
    tf, keras_ops = code.module("tensorflow"), code.module("keras.ops")
    softplus = f"{tf}.nn.softplus" if tf else f"{keras_ops}.softplus" if keras_ops else None
    found = guilty(evidence)
    if softplus is None or found is None:
        return []
    for call in calls:
        if call.args and isinstance(call.args[0], ast.Name):
            name = call.args[0].id
            code.before(code.statement(call), f"{name} = {softplus}({name}) + 1e-6")
            return code.patch(TITLE)
        if call.args:
            code.wrap(call.args[0], f"{softplus}(", ") + 1e-6")
            return code.patch(TITLE)
    return []
