"""Count at least a small degree for every node."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_divide
from whynan.remedies._patch import Patch

TITLE = "Count at least a small degree for every node"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Guard the division or root by the degree."""
    return [Patch(TITLE, p.sources) for p in safe_divide.patches(evidence, cause)]
