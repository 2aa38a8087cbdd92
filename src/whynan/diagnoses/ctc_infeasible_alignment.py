"""A label does not fit into the frames of a CTC loss.

## What it looks for
An infinite CTC loss.

## Why it breaks
There is no path through the frames.

## Given
```python
words = tf.constant([[1, 2, 3, 0], [1, 1, 2, 2]])          # 0 is padding
frames = tf.constant([4, 4])                               # 1 1 needs a blank between
logits = tf.random.normal([2, 4, 5])                       # word, frame, letter

def ctc(words, logits, frames):
    words = tf.sparse.from_dense(words)
    return tf.nn.ctc_loss(words, logits, None, frames, False, blank_index=0)
```

## Example
```python
loss = ctc(words, logits, frames)
```

## Use instead
```python
twice = tf.cast((words[:, 1:] == words[:, :-1]) & (words[:, 1:] > 0), tf.int32)
needed = tf.reduce_sum(tf.sign(words), axis=1) + tf.reduce_sum(twice, axis=1)
fits = needed <= frames                                    # drop what does not fit
loss = ctc(words[fits], logits[fits], frames[fits])
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
