"""Lets a trial begin late: where the run was shortly before it failed, with the batches that it saw from there on.

A failure that comes after hours can't be trained to again. The trial runs the patched script from its start, as any
trial does, up to the first training step; then all state is set to a snapshot of the failed run, and the recorded
batches take the place of the script's own until they are used up.
"""

from __future__ import annotations

import pickle
import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state

AHEAD = 8  # steps before the failing one at which a trial should begin: what was good before must stay so
MOST_BYTES = 1 << 30
_PLAIN = (bool, int, float, str, np.generic)  # a rate or the number of the step may be given as such
_HOLDERS = (tf.RaggedTensor, tf.SparseTensor, tf.data.Iterator)


@dataclass
class Resumption:
    """State and batches of a run: `recorder` is the number of the step function among those of the run."""

    recorder: int
    step: int
    variables: list[tuple[str, np.ndarray[Any, Any]]]
    batches: list[list[Any]]

    def save(self) -> str:
        """Write it where temporary files go; the path."""
        with tempfile.NamedTemporaryFile(prefix="whynan-", suffix=".state", delete=False) as file:
            pickle.dump(self, file, protocol=pickle.HIGHEST_PROTOCOL)
        return file.name


def load(path: str) -> Resumption:
    """Read what `save` wrote."""
    with open(path, "rb") as file:
        found = pickle.load(file)
    assert isinstance(found, Resumption)
    return found


def of(recorder: Any, failing: int) -> Resumption | None:
    """The resumption of a recorder that failed at a step; None where its state or batches can't be carried over."""
    first = recorder.ring[0][0] if recorder.ring else 0
    usable = [s for s in recorder.snapshots if first <= s.step <= failing]
    if not usable:
        return None
    start = next((s for s in reversed(usable) if s.step <= failing - AHEAD), usable[0])
    batches = [b for b in recorder.ring if b[0] >= start.step]
    if state.nbytes(start.values) + sum(b[3] for b in batches) > MOST_BYTES:
        return None
    variables = [(v.name, np.array(state.array(t))) for v, t in start.values]
    return Resumption(recorder.number, start.step, variables, [_leaves(b[1:3]) for b in batches])


def _leaves(given: Any) -> list[Any]:
    """The arrays and numbers of a batch in order; None for all else.

    Raises TypeError for what holds values in other ways: then a trial would mix batches of two runs.
    """
    leaves = tf.nest.flatten(given)
    if any(isinstance(v, _HOLDERS) for v in leaves):
        raise TypeError("a batch that is ragged, sparse or an iterator is not carried over")
    return [
        np.array(v) if isinstance(v, (np.ndarray, tf.Tensor)) else v if isinstance(v, _PLAIN) else None for v in leaves
    ]


def begin(recorder: Any) -> None:
    """At the first step of a recorder in a trial: take over the state, where the trial goes on from this recorder."""
    session = recorder.session
    if not _is_meant(recorder):
        return
    try:
        apply(session.settings.resume, state.unique(recorder.variables()))
    except ValueError as error:
        session.note(str(error))
        session.stop()
    session.resumed = True


def given(recorder: Any, number: int, data: Any) -> Any:
    """What step `number` is to be given: in a trial that began late, what the failed run gave to its own."""
    return substitute(recorder.session.settings.resume, number, data) if _is_meant(recorder) else data


def _is_meant(recorder: Any) -> bool:
    wanted = recorder.session.settings.resume
    return wanted is not None and wanted.recorder == recorder.number


def apply(resumption: Resumption, variables: list[tf.Variable]) -> None:
    """Set variables to the state of the failed run: by name, or in order where names have changed and all else fits.

    Raises ValueError where a variable has no counterpart: then the patched script trains something else.
    """
    known: dict[tuple[Any, ...], list[Any]] = {}
    for name, value in resumption.variables:
        known.setdefault((name, value.shape, value.dtype), []).append(value)
    kinds = [(v.name, tuple(v.shape), np.dtype(v.dtype.as_numpy_dtype)) for v in variables]
    found: list[Any] = [known[kind].pop(0) if known.get(kind) else None for kind in kinds]
    missing = [v.name for v, value in zip(variables, found, strict=True) if value is None and v.trainable]
    if missing:
        found = [value for _, value in resumption.variables]
        if [(f.shape, f.dtype) for f in found] != [kind[1:] for kind in kinds]:
            raise ValueError(f"the failed run has no {missing[0]} of this shape")
    for variable, kept in zip(variables, found, strict=True):
        if kept is not None:
            variable.assign(kept)


def substitute(resumption: Resumption, number: int, given: Any) -> Any:
    """What the failed run gave to its step: `number` counts from where the trial began."""
    if number >= len(resumption.batches):
        return given
    leaves, recorded = tf.nest.flatten(given), resumption.batches[number]
    if len(leaves) != len(recorded):
        return given
    mixed = [
        v if a is None else tf.constant(a, v.dtype) if isinstance(v, tf.Tensor) else a
        for v, a in zip(leaves, recorded, strict=True)
    ]
    return tf.nest.pack_sequence_as(given, mixed)
