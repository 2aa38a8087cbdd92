"""Rows are shrunk: the smallest set of rows of the failing batch on which the step still fails in the same way.

Delta debugging after Zeller and Hildebrandt (2002), "Simplifying and isolating failure-inducing input", over the rows
that the origin names.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from whynan.case.nouns import Origin
from whynan.locate.origin import walk
from whynan.record.session import Finding

MOST_STEPS = 24
SECONDS = 4.0


def enough(finding: Finding, origin: Origin, size: int) -> list[int] | None:
    """A minimal set of batch rows that still fails; None where rows do not matter, or it could not be tried."""
    repeat, guilty = finding.repeat, origin.rows.batch
    if repeat is None or not guilty or size < 2 or len(guilty) >= size:
        return None
    deadline = time.monotonic() + SECONDS
    tried = 0

    def fails(rows: list[int]) -> bool:
        nonlocal tried
        tried += 1
        if tried > MOST_STEPS or time.monotonic() > deadline:
            return False
        again = repeat(rows)
        found = walk(again.trace, again.start) if again is not None and again.trace is not None else None
        if found is None:
            return False
        # bad data and bad weights have no operation of their own
        return (found.op.type if found.source is None and found.op else None) == _operation(origin)

    if not fails(guilty):
        return None
    for row in guilty[:4]:
        if fails([row]):
            return [row]
    return _shrink(guilty, fails)


def _operation(origin: Origin) -> str | None:
    return None if origin.op in ("Batch", "ReadVariableOp") else origin.op


def _shrink(rows: list[int], fails: Callable[[list[int]], bool]) -> list[int]:
    """Delta debugging: drop what is not needed, in ever smaller pieces."""
    pieces = 2
    while len(rows) > 1:
        length = max(1, len(rows) // pieces)
        for start in range(0, len(rows), length):
            rest = rows[:start] + rows[start + length :]
            if rest and fails(rest):
                rows, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if length == 1:
                break
            pieces = min(len(rows), pieces * 2)
    return rows
