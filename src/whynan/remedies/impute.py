"""Replace values that are not finite by 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch
from whynan.remedies._training import first_use, numpy_finite, training_data

TITLE = "Replace values that are not finite by 0"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """0 where the inputs are not finite, above the line that starts training."""
    data = training_data(evidence, "x")
    np = data.code.module("numpy") if data else None
    if data is None or np is None:
        return []
    name, lines = data.name("x")
    place = data.statement if lines else first_use([data], [name])
    data.code.before(place, *lines, f"{name} = {numpy_finite(data, name, np)}")
    return data.code.patch(TITLE)
