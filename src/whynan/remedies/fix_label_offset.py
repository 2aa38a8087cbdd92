"""Count the classes from 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import output_units
from whynan.remedies._patch import Patch
from whynan.remedies._training import training_data

TITLE = "Count the classes from 0"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the smallest label, above the line that starts training."""
    data = training_data(evidence, "y")
    facts = next((f for f in evidence.data if f.name in ("fit y", "y")), None)
    if data is None or facts is None or not facts.low or not facts.integral:
        return []
    if output_units(evidence) == 1:
        return []  # a number is predicted, no class
    name, lines = data.name("y")
    data.code.before(data.statement, *lines, f"{name} = {name} - {int(facts.low)}")
    return data.code.patch(TITLE)
