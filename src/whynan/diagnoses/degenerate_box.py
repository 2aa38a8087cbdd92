"""A bounding box has no width or height.

## What it looks for
A division or log of the width, height or union of a box that is 0 or negative.

## Why it breaks
Its area is 0.

## Given
```python
truth = tf.constant([[0.0, 0.0, 2.0, 2.0], [3.0, 1.0, 3.0, 4.0]])  # second: no width
guess = tf.constant([[1.0, 0.0, 3.0, 2.0], [3.0, 1.0, 3.0, 4.0]])
shared = tf.minimum(truth, guess)[:, 2:] - tf.maximum(truth, guess)[:, :2]
inter = tf.reduce_prod(tf.maximum(shared, 0.0), axis=-1)
area_truth = tf.reduce_prod(truth[:, 2:] - truth[:, :2], axis=-1)
area_guess = tf.reduce_prod(guess[:, 2:] - guess[:, :2], axis=-1)
union = area_truth + area_guess - inter
```

## Example
```python
iou = inter / union
```

## Use instead
```python
iou = tf.math.divide_no_nan(inter, union)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

_BOX = re.compile(rf"{c.BOX}|iou|anchor|(?<![a-z])(wh|width|height|xywh|xyxy)(?![a-z])", re.I)
CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("valid_box", "safe_divide", "log_epsilon")


def diagnose(evidence: Evidence) -> Cause | None:
    """A bounding box has no width or height."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.op not in ("RealDiv", "Div", "Log", "Sqrt") or not c.BOX_WORDS.search(c.near(evidence)):
        return None
    x = c.value(origin, 1) if origin.op in ("RealDiv", "Div") else c.value(origin)
    if x is None or x > 0:
        return None
    if origin.op in ("RealDiv", "Div") and re.fullmatch(r"[\d.]+", origin.operands[0].name):
        return None  # a reciprocal is no ratio of extents
    if origin.op == "Log" and _apart(evidence):
        return None
    confidence = 0.97 if origin.phase == "data" else 0.85
    if not _BOX.search(c.near(evidence)):
        confidence = 0.4  # intersections and unions are taken of masks as well
    return c.cause(
        evidence,
        __name__,
        confidence,
        f"a box has no extent ({c.fmt(x)}) at {c.at(origin)}.",
        remedies=REMEDIES,
    )


def _apart(evidence: Evidence) -> bool:
    """Whether what is 0 is the intersection of two boxes that lie apart, each with an extent."""
    cut = [link for link in c.behind(evidence)[-8:] if link.op in ("Relu", "Maximum", "ClipByValue")]
    ends = any(link.op == "Minimum" for link in c.behind(evidence))
    return ends and any(link.value_out == 0 and min(link.value_in, default=0.0) < 0 for link in cut)
