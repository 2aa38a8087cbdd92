"""A feature array or dataset element is NaN before it reaches the model.

## What it looks for
The failing batch holds NaN in an input, before any operation of the training step has touched it.

## Why it breaks
NaN times anything is NaN: one missing value makes every activation of its row NaN, the loss is a mean over rows, and
the update then writes NaN into every weight.

## Given
```python
table = pd.DataFrame({"age": [22, None, 35], "fare": [7.2, 8.5, 53.1]})
table["survived"] = [0, 1, 1]
table.to_csv("passengers.csv", index=False)
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
```

## Example
```python
df = pd.read_csv("passengers.csv")         # an empty cell is NaN
x, y = df[["age", "fare"]].to_numpy(), df["survived"].to_numpy()
history = model.fit(x, y, verbose=0)
```

## Use instead
```python
df = pd.read_csv("passengers.csv")
df = df.dropna(subset=["age", "fare"])     # or df.fillna(df.median())
x, y = df[["age", "fare"]].to_numpy(), df["survived"].to_numpy()
history = model.fit(x, y, verbose=0)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence, is_target
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("drop_bad_rows", "impute")


def diagnose(evidence: Evidence) -> Cause | None:
    """NaN stands in an input of the failing batch."""
    origin = evidence.origin
    if origin is None:
        return None
    bad = [a for a in _facts.inputs(evidence) if a.nan]
    statistics = origin.op == "ReadVariableOp" and "normalization" in f"{origin.source} {origin.layer}".lower()
    if origin.phase == "data":
        other = is_target(origin.source or "") and not any(a.role == "batch" for a in bad)
        weight = origin.op == "ReadVariableOp" and not bad and not statistics
        if other or weight or (origin.result is not None and not math.isnan(origin.result)):
            return None
        confidence = 0.95 if bad or not evidence.data else 0.6
    elif statistics and bad:
        confidence = 0.93
    elif (
        any(a.role == "batch" for a in bad)
        and origin.phase == "forward"
        and origin.op not in ("Log", "RealDiv", "Sqrt")
    ):
        confidence = 0.75
    else:
        return None
    place = _facts.rows_text(origin.rows.dataset) or _facts.rows_text(origin.rows.batch, "batch row")
    facts = bad[0] if bad else None
    count = (
        f"{facts.nan} of {math.prod(facts.shape)} values of {facts.called} are NaN"
        if facts
        else "NaN stands in the input"
    )
    wide = facts.columns if facts else []
    more = f" and {len(wide) - 6} more" if len(wide) > 6 else ""
    columns = f", in columns {wide[:6]}{more}" if wide else ""
    return Cause(
        slug="nan_in_input",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The input is NaN before it reaches the model: {count}{columns}{place}.",
        evidence_for=[f"{count}{columns}", "no operation of the step had touched these values"],
        remedies=list(REMEDIES),
    )
