"""Standardise the targets before training."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch
from whynan.remedies._training import standardise, training_data

TITLE = "Standardise the targets before training"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the mean and divide by the spread, above the line that starts training."""
    data = training_data(evidence, "y")
    if data is None:
        return []
    standardise(data, "y")
    return data.code.patch(TITLE)
