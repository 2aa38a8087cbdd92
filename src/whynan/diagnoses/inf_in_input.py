"""A feature is +-inf before it reaches the model (log(0), x/0, a value beyond its dtype, a corrupt sample).

## What it looks for
The failing batch holds an infinity in an input, before any operation of the training step has touched it.

## Why it breaks
inf - inf and inf * 0 are NaN: the first layer that adds or scales the infinite feature yields NaN for its row, and
the loss is a mean over rows.

## Given
```python
age = np.array([31.0, 45.0, 52.0])
income = np.array([2800.0, 0.0, 3900.0])
y = np.array([0.0, 1.0, 1.0])
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
```

## Example
```python
features = np.stack([age, np.log(income)], axis=1)         # income 0 gives -inf
history = model.fit(features, y, epochs=2, verbose=0)
```

## Use instead
```python
features = np.stack([age, np.log1p(income)], axis=1)       # log(1 + 0) is 0
history = model.fit(features, y, epochs=2, verbose=0)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence, is_target
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("drop_bad_rows", "impute", "log_epsilon", "safe_divide")


def diagnose(evidence: Evidence) -> Cause | None:
    """An infinity stands in an input of the failing batch."""
    origin = evidence.origin
    if origin is None or origin.phase != "data" or is_target(origin.source or ""):
        return None
    if origin.result is None or not math.isinf(origin.result):
        return None
    bad = next((a for a in _facts.inputs(evidence) if a.inf), None)
    place = _facts.rows_text(origin.rows.dataset) or _facts.rows_text(origin.rows.batch, "batch row")
    count = (
        f"{bad.inf} of {math.prod(bad.shape)} values of {bad.called} are infinite" if bad else "an input is infinite"
    )
    events = [f"NumPy reported {e.kind} at line {e.span.line}: `{e.span.expression}`" for e in evidence.events[:2]]
    return Cause(
        slug="inf_in_input",
        category=CATEGORY,
        confidence=0.95 if bad or not evidence.data else 0.6,
        summary=f"The input is {origin.result} before it reaches the model: {count}{place}.",
        evidence_for=[count, *events],
        remedies=list(REMEDIES),
    )
