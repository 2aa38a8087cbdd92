"""Give the optimizer an epsilon that its type can hold."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._optimizer import constructor, optimizer_calls, optimizer_strings
from whynan.remedies._patch import Patch, codes

TITLE = "Give the optimizer an epsilon that its type can hold"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`epsilon=1e-4` in the constructor."""
    for code in codes(evidence):
        for call in optimizer_calls(code, evidence):
            if not code.of(call.func).endswith(("SGD", "Lion")):
                old = next((k for k in call.keywords if k.arg == "epsilon"), None)
                if old is not None:
                    code.replace(old.value, "1e-4")
                else:
                    code.add_argument(call, "epsilon=1e-4")
        for text in optimizer_strings(code, evidence):
            new = constructor(code, str(text.value), "epsilon=1e-4")
            if new and text.value not in ("sgd", "SGD"):
                code.replace(text, new)
        if code.edits:
            return code.patch(TITLE)
    return []
