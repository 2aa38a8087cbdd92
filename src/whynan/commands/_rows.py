"""Which rows: where those of the failing batch stand in the user's arrays, and which of them alone are enough.

Delta debugging after Zeller and Hildebrandt (2002), "Simplifying and isolating failure-inducing input", over the rows
that the origin names.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from whynan.case.nouns import Array, Evidence, Origin, Trace, is_float, is_target
from whynan.locate.origin import Found, walk
from whynan.locate.rows import batch_size, iterated
from whynan.record.session import Finding, Session

MOST_STEPS = 24
MOST_ELEMENTS = 50_000_000
MOST_ALIKE = 8  # rows with the same values
SECONDS = 4.0


def dataset_rows(finding: Finding, session: Session) -> None:
    """Find the guilty rows of the batch in the arrays that fit was given, or that the script holds: by their values.

    Several arrays of one length have to agree. Of a few rows with the same values all are named, for all are guilty;
    of many none is.
    """
    origin, trace = finding.evidence.origin, finding.trace
    if origin is None or trace is None or not origin.rows.batch or len(origin.rows.batch) > 256:
        return
    found = walk(trace, finding.start) if isinstance(finding.start, int) else None
    parts = _parts(trace, found, batch_size(trace, found) or _size(origin))
    origin.rows.dataset = _placed(parts, origin.rows.batch, session)


def rows_of_elements(elements: list[list[Array]], session: Session) -> list[int] | None:
    """Where elements of a data pipeline stand in the arrays that the script holds; None where that is not known."""
    shapes = [[part.shape for part in element] for element in elements]
    if not elements or any(s != shapes[0] for s in shapes):
        return None
    parts = [np.stack(values) for values in zip(*elements, strict=True)]
    return _placed(parts, list(range(len(elements))), session)


def _placed(parts: list[Array], rows: list[int], session: Session) -> list[int] | None:
    # what the script holds may be the batch itself, which tells nothing
    held = [a for h in session.held if len(h.shape) and (not parts or len(h) != len(parts[0])) for a in _flat(h)]
    for arrays in (_flat(session.arrays[-1:]), _flat(session.arrays[:-1]), held):
        by_length: dict[int, list[Array]] = {}
        for whole in (_array(a) for a in arrays):
            if whole is not None and whole.ndim and whole.size <= MOST_ELEMENTS:
                by_length.setdefault(len(whole), []).append(whole)
        for wholes in by_length.values():
            places = _found(parts, wholes, rows)
            if places is not None:
                return places
    return None


def rows_of_data(evidence: Evidence, session: Session) -> None:
    """Rows that are bad by themselves, where the failing step does not tell them: all its rows, or none, failed."""
    origin = evidence.origin
    if origin is None or origin.rows.dataset is not None:
        return
    if origin.phase == "data":
        target = is_target(origin.source or "")
        for fact in evidence.data:
            if fact.role == "dataset" and fact.rows and is_target(fact.name) == target:
                origin.rows.dataset = list(fact.rows)
                return
    said = next((m for n in evidence.notes if (m := re.search(r"outside the valid range of \[0, (\d+)\)", n))), None)
    for labels in _flat([y for _, y in session.arrays[-1:]]) if said else ():
        array = _array(labels)
        if said is not None and array is not None and array.ndim and array.size == len(array):
            ids = array.reshape(-1)
            origin.rows.dataset = [int(i) for i in np.flatnonzero((ids < 0) | (ids >= int(said[1])))[:256]] or None


def _parts(trace: Trace, found: Found | None, size: int) -> list[Array]:
    """What came into the step with one row for each row of the batch; the latest first, for a loop keeps earlier steps."""
    numbers = [t for t, source in trace.sources.items() if source.kind == "batch"] + iterated(trace, found)
    if not numbers:
        numbers = [
            t for op in reversed(trace.ops) for t in op.inputs if t not in trace.producer and t not in trace.sources
        ]
    values = {t: trace.value(t) for t in numbers[:4000]}
    whole = [a for a in values.values() if a is not None and a.ndim and len(a) == size]
    columns = [a[:, i] for a in whole if a.ndim == 2 and 1 < a.shape[1] <= 64 for i in range(a.shape[1])]
    return whole + columns


def _size(origin: Origin) -> int:
    """The batch size of a loop whose batches have no names: the first dimension of what the origin read."""
    return max((o.shape[0] for o in origin.operands if o.shape), default=0)


def _flat(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return [a for v in thing.values() for a in _flat(v)]
    if isinstance(thing, (list, tuple)) and len(thing) < 100:
        return [a for v in thing for a in _flat(v)]
    if hasattr(thing, "columns") and hasattr(thing, "iloc"):
        return [thing, *(thing.iloc[:, i] for i in range(min(len(thing.columns), 200)))]
    return [thing]


def _array(thing: Any) -> Array | None:
    try:
        array = np.asarray(thing)
    except Exception:
        return None
    return array if array.dtype.kind in "fiub" or is_float(array) else None


def _found(parts: list[Array], wholes: list[Array], rows: list[int]) -> list[int] | None:
    """The one place of each row that the arrays agree on; the most telling ones are asked first."""
    pairs: list[list[set[int]]] = []
    for part in parts:
        for whole in wholes:
            if len(whole) < len(part) or _width(whole) != _width(part):
                continue
            kept = whole.reshape(len(whole), -1).astype(part.dtype, copy=False)
            here = []
            for row in rows:
                wanted = part[row].reshape(-1)
                same = kept == wanted
                if is_float(part):
                    same |= np.isnan(kept) & np.isnan(wanted)
                here.append({int(i) for i in np.flatnonzero(same.all(axis=1))})
            if all(here):
                pairs.append(here)
    pairs.sort(key=lambda here: sum(map(len, here)))
    places = pairs[0] if pairs else []
    for here in pairs[1:]:
        both = [p & h for p, h in zip(places, here, strict=True)]
        if all(both):  # else two arrays that only look alike
            places = both
    if not places or any(len(p) > MOST_ALIKE for p in places):
        return None
    return list(dict.fromkeys(i for p in places for i in sorted(p)))


def _width(array: Array) -> tuple[int, ...]:
    """The shape of a row; a column of single numbers counts as numbers."""
    return tuple(n for n in array.shape[1:] if n != 1)


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
