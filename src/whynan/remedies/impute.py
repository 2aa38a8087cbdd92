"""Replace values that are not finite by 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch
from whynan.remedies._training import training_data

TITLE = "Replace values that are not finite by 0"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`nan_to_num` on the inputs, above the line that starts training."""
    data = training_data(evidence, "x")
    np = data.code.module("numpy") if data else None
    if data is None or np is None or data.text.startswith(("{", "[")):
        return []
    name, lines = data.name("x")
    data.code.before(data.statement, *lines, f"{name} = {np}.where({np}.isfinite({name}), {name}, 0.0)")
    return data.code.patch(TITLE)
