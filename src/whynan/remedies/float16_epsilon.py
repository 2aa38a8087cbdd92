"""Use an epsilon that float16 can hold."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, replace_numbers

TITLE = "Use an epsilon that float16 can hold"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Small written numbers in the function of the origin become 1e-3."""
    return replace_numbers(evidence, TITLE, "1e-3", lambda v: 0.0 < v < 6e-5)
