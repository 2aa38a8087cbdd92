"""Use a constant that float16 can hold."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, replace_numbers

TITLE = "Use a constant that float16 can hold"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Written numbers beyond 65504 in the function of the origin become 3e4."""
    return replace_numbers(evidence, TITLE, "3e4", lambda v: v > 65504)
