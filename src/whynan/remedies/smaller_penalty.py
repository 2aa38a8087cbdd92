"""Make the weight penalty a hundred times smaller."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Patch, codes, number
from whynan.remedies._training import literal

TITLE = "Make the weight penalty a hundred times smaller"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The factors of l1, l2 and weight decay."""
    for code in codes(evidence):
        nodes = [
            a for c in code.calls(["l1", "l2", "L1", "L2", "L1L2"]) for a in [*c.args, *(k.value for k in c.keywords)]
        ]
        nodes += [k.value for c in code.walk(Call) for k in c.keywords if k.arg == "weight_decay"]
        done = set()
        for node in nodes:
            value = literal(code, node)
            if value is not None and value not in done:
                done.add(value)
                code.replace(value, f"{(number(value) or 0.0) / 100:g}")
        if code.edits:
            return code.patch(TITLE)
    return []
