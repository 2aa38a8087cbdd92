"""A label does not fit into the frames of a CTC loss.

## What it looks for
An infinite CTC loss.

## Why it breaks
There is no path through the frames.

## Example
```python
tf.nn.ctc_loss(labels, logits, label_length, logit_length)
```

## Use instead
```python
drop samples whose label is longer than their frames
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("ctc_lengths",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A label does not fit into the frames of a CTC loss."""
    origin = evidence.origin
    if origin is None:
        return None
    named = re.search(r"(?<![a-z])ctc", c.words(evidence) + " " + " ".join(origin.calls), re.I)
    zero = origin.op == "Log" and c.is_zero(c.value(origin))  # no path through the frames has any probability
    if "CTC" not in origin.op and not (
        named and (zero or (origin.op in ("Softmax", "LogSoftmax", "Sub") and c.bad(c.value(origin))))
    ):
        return None
    return c.cause(
        evidence,
        __name__,
        0.85,
        f"the CTC loss is {c.fmt(origin.result)} at {c.at(origin)}: the label does not fit.",
        remedies=REMEDIES,
    )
