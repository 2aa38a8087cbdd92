"""None of the known causes fits the evidence.

## What it looks for
Nothing: it is the answer when no other diagnosis has one.

## Why it breaks
The origin and the values are shown all the same; they are what replay saw. Look at the origin, its
operands and the chain.
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ()


def diagnose(evidence: Evidence) -> Cause | None:
    """None of the known causes fits the evidence."""
    origin = evidence.origin
    if origin is None:
        return c.cause(evidence, __name__, 0.05, "The failure was seen, but its origin could not be found again.")
    return c.cause(
        evidence, __name__, 0.1, f"{origin.op} gave {c.fmt(origin.result)} at {c.at(origin)}; no known cause fits."
    )
