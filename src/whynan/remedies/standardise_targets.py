"""Standardise the targets before training."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import target_facts
from whynan.remedies._patch import Patch
from whynan.remedies._training import container, scaled_dataset, standardise, training_data

TITLE = "Standardise the targets before training"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the mean and divide by the spread, above the line that starts training; class ids stay as they are."""
    return [*_arrays(evidence), *scaled_dataset(evidence, "y", TITLE)]


def _arrays(evidence: Evidence) -> list[Patch]:
    data, facts = training_data(evidence, "y"), target_facts(evidence)
    if data is None or ("sparse" in (evidence.model.loss or "") and container(data) == "array"):
        return []
    classes = "sparse" in (evidence.model.loss or "")
    standardise(data, "y", whole=facts is not None and "int" in facts.dtype, floats_only=classes)
    return data.code.patch(TITLE)
