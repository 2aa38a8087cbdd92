"""Replace masked values by 0 before any arithmetic."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch

TITLE = "Replace masked values by 0 before any arithmetic"
EFFECT = "advice only"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Nothing can be written for it: it is advice."""
    return []
