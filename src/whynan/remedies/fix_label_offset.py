"""Count the classes from 0."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import output_facts
from whynan.remedies._patch import Patch
from whynan.remedies._training import training_data

TITLE = "Count the classes from 0"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Subtract the smallest label, above the line that starts training."""
    data, outputs = training_data(evidence, "y"), output_facts(evidence)
    facts = next((f for f in evidence.data if f.name in ("fit y", "y")), None)
    if data is None or facts is None or not facts.low or not facts.integral:
        return []
    if outputs is not None and (outputs.units or 1) == 1:
        return []  # a number is predicted, no class
    name, lines = data.name("y")
    data.code.before(data.statement, *lines, f"{name} = {name} - {int(facts.low)}")
    return data.code.patch(TITLE)
