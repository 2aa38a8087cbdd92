"""Standardise the inputs before training."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch
from whynan.remedies._training import container, scaled_dataset, standardise, training_data

TITLE = "Standardise the inputs before training"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the mean and divide by the spread, above the line that starts training; token ids stay as they are."""
    return [*_arrays(evidence), *scaled_dataset(evidence, "x", TITLE)]


def _arrays(evidence: Evidence) -> list[Patch]:
    data = training_data(evidence, "x")
    facts = [a for a in evidence.data if a.name in ("fit x", "x")]
    embeds = any(layer.type == "Embedding" for layer in evidence.model.layers)
    if data is None or (embeds and container(data) == "array" and all(a.integral for a in facts)):
        return []
    standardise(data, "x", whole=any("int" in a.dtype for a in facts), floats_only=embeds)
    return data.code.patch(TITLE)
