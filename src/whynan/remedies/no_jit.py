"""Switch the XLA compiler off."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes

TITLE = "Switch the XLA compiler off"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`jit_compile=False` where it was on, and in compile."""
    for code in codes(evidence):
        for call in code.calls(["function", "compile"]):
            old = next((k for k in call.keywords if k.arg == "jit_compile"), None)
            if old is not None:
                code.replace(old.value, "False")
            elif code.of(call.func).endswith(".compile"):
                code.add_argument(call, "jit_compile=False")
        if code.edits:
            return code.patch(TITLE)
    return []
