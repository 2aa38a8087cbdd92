"""Give the last layer the activation that the loss expects."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes, number

TITLE = "Give the last layer the activation that the loss expects"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Sigmoid, softmax or softplus on the last Dense layer, by the loss."""
    loss = (evidence.model.loss or "").lower()
    for code in codes(evidence):
        layers = [c for c in code.calls(["Dense"]) if c.args or c.keywords]
        if not layers:
            continue
        last = layers[-1]
        size = number(last.args[0] if last.args else next((k.value for k in last.keywords if k.arg == "units"), None))
        wanted = "softplus" if "poisson" in loss or "log" in loss else "softmax" if "categorical" in loss else "sigmoid"
        if wanted == "softmax" and size == 1:
            wanted = "sigmoid"
        old = next((k for k in last.keywords if k.arg == "activation"), None)
        if old is not None:
            code.replace(old, f'activation="{wanted}"')
        elif len(last.args) > 1:
            code.replace(last.args[1], f'"{wanted}"')
        elif not any(isinstance(a, ast.Starred) for a in last.args):
            code.add_argument(last, f'activation="{wanted}"')
        return code.patch(f"Give the last layer a {wanted} activation")
    return []
