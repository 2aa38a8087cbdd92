"""Give the optimizer its usual settings."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._optimizer import optimizer_calls
from whynan.remedies._patch import Patch, argument, codes

TITLE = "Give the optimizer its usual settings"
EFFECT = "changes results"
_USUAL = {"beta_1": "0.9", "beta_2": "0.999", "rho": "0.9", "epsilon": "1e-7", "initial_accumulator_value": "0.1"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Averages that never forget and an epsilon of 0 become those of Keras, wherever their numbers come from."""
    odd = evidence.model.odd_settings()
    for code in codes(evidence):
        for call in optimizer_calls(code, evidence):
            for name in odd:
                written = argument(call, 99, name)
                if written is not None:
                    code.replace(written, _USUAL[name])
                elif any(k.arg is None for k in call.keywords):
                    code.add_argument(call, f"{name}={_USUAL[name]}")
        if code.edits:
            return code.patch(TITLE)
    return []
