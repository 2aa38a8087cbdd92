"""Add a small epsilon to the divisor of the normalisation."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_divide
from whynan.remedies._patch import Patch

TITLE = "Add a small epsilon to the divisor of the normalisation"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`(x - mean) / (std + eps)`."""
    return [p for p in safe_divide.patches(evidence, cause) if "epsilon" in p.title]
