"""Divide by the count only where it is not 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_divide
from whynan.remedies._patch import Patch

TITLE = "Divide by the count only where it is not 0"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the division by the count."""
    return [Patch(TITLE, p.sources) for p in safe_divide.patches(evidence, cause)]
