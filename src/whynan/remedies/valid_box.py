"""Guard the division by the size of the box."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_divide
from whynan.remedies._patch import Patch

TITLE = "Guard the division by the size of the box"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the division by width or height."""
    return [Patch(TITLE, p.sources) for p in safe_divide.patches(evidence, cause)]
