"""Cast to a wide enough type before the arithmetic."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch

TITLE = "Cast to a wide enough type before the arithmetic"
EFFECT = "advice only"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Nothing can be written for it: it is advice."""
    return []
