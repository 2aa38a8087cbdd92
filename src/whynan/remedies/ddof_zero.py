"""Divide the variance by n."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Patch, codes

TITLE = "Divide the variance by n"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`ddof=1` becomes `ddof=0`."""
    for code in codes(evidence):
        for call in code.walk(Call):
            for keyword in call.keywords:
                if keyword.arg == "ddof":
                    code.replace(keyword.value, "0")
        if code.edits:
            return code.patch(TITLE)
    return []
