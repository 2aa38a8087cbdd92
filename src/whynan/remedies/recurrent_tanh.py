"""Use bounded activations in the recurrent layer."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, codes, guilty

TITLE = "Use bounded activations in the recurrent layer"
EFFECT = "changes results"
_BOUNDED = {"activation": "tanh", "recurrent_activation": "sigmoid"}  # as Keras has them by default


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A bounded activation cannot grow along the sequence."""
    for code in codes(evidence):
        for call in code.calls(["SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell"]):
            for keyword in call.keywords:
                if keyword.arg in _BOUNDED:
                    code.replace(keyword.value, f'"{_BOUNDED[keyword.arg]}"')
        if code.edits:
            return code.patch(TITLE)
    return _by_hand(evidence)


def _by_hand(evidence: Evidence) -> list[Patch]:
    """The relu of the function in which the value grew from round to round."""
    found, origin = guilty(evidence), evidence.origin
    rounds = [link for link in evidence.chain if origin is not None and link.expression == origin.expression]
    if found is None or len(rounds) < 3:
        return []  # no loop: a relu is not to blame for what only passed it once
    code, node = found
    for call in code.calls(["relu", "elu", "softplus", "leaky_relu"], code.scope(node)):
        text = code.of(call.func)
        code.replace(call.func, f"{text.rpartition('.')[0]}.tanh" if "." in text else "tanh")
    return code.patch(TITLE)
