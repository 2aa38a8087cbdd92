"""The target array contains NaN or an infinity.

## What it looks for
The failing batch holds a non-finite value in a target, before the loss has touched it.

## Why it breaks
The loss of that row is NaN whatever the model predicts, and a sample weight of 0 does not help: 0 * NaN is NaN.

## Given
```python
table = pd.DataFrame({"sales": [3.0, 4.0, 6.0, 5.0]})
table["tomorrow"] = table["sales"].shift(-1)  # the last row has no tomorrow
x = table[["sales"]].to_numpy()
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
```

## Example
```python
history = model.fit(x, table["tomorrow"].to_numpy(), verbose=0)
```

## Use instead
```python
keep = table["tomorrow"].notna().to_numpy()
history = model.fit(x[keep], table["tomorrow"].to_numpy()[keep], verbose=0)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence, is_target
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("drop_bad_rows", "mask_before_arithmetic")


def diagnose(evidence: Evidence) -> Cause | None:
    """A target of the failing batch is not finite."""
    origin = evidence.origin
    if origin is None or origin.phase != "data" or not is_target(origin.source or ""):
        return None
    bad = next((a for a in _facts.targets(evidence) if a.nan or a.inf), None)
    place = _facts.rows_text(origin.rows.dataset) or _facts.rows_text(origin.rows.batch, "batch row")
    count = (
        f"{bad.nan + bad.inf} of {math.prod(bad.shape)} values of {bad.called} are not finite" if bad else "some are"
    )
    sure = 0.95 if origin.result is None or math.isnan(origin.result) else 0.75 if evidence.births else 0.9
    if any(a.role == "batch" and (a.nan or a.inf) for a in _facts.inputs(evidence)):
        sure = 0.6  # targets are computed from what the model was given
    if evidence.births and _facts.targets(evidence) and (bad is None or "weight" in bad.name):
        sure = 0.6  # what made a weight of a row bad says more than where it is
    events = [f"NumPy reported {e.kind} at line {e.span.line}: `{e.span.expression}`" for e in evidence.events[:2]]
    return Cause(
        slug="nan_in_label",
        category=CATEGORY,
        confidence=sure,
        summary=f"The target is {origin.result} before the loss sees it: {count}{place}.",
        evidence_for=[count, *events],
        remedies=list(REMEDIES),
    )
