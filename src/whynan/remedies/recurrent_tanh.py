"""Use tanh in the recurrent layer."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes

TITLE = "Use tanh in the recurrent layer"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A bounded activation cannot grow along the sequence."""
    for code in codes(evidence):
        for call in code.calls(["SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell"]):
            for keyword in call.keywords:
                if keyword.arg == "activation":
                    code.replace(keyword.value, '"tanh"')
        if code.edits:
            return code.patch(TITLE)
    return []
