"""Compares the gradients that a script writes by hand, with `tf.custom_gradient`, to differences of the function itself.

Along random directions, with central differences. A function that is the identity, or that is constant around a point,
has a gradient of its own on purpose (a reversal, a straight-through estimator), and is passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import custom_gradient

from whynan.backends.tensorflow import patches
from whynan.backends.tensorflow.tracer import paused
from whynan.case.nouns import GradientCheck
from whynan.record.sources import is_user_code, shown_path

MOST = 16  # functions that are remembered
DIRECTIONS = 3
STEP = 1e-2  # of the size of the argument
TOLERANCE = 0.1
LARGE = 1e9

_original = custom_gradient._eager_mode_decorator
_called: dict[Any, tuple[Any, Any, Any]] = {}


def _eager(function: Any, args: Any, kwargs: Any) -> Any:
    code = getattr(function, "__code__", None)
    if code is not None and code not in _called and len(_called) < MOST and is_user_code(code):
        _called[code] = (function, args, kwargs)
    return _original(function, args, kwargs)


def install() -> None:
    """Remember the first eager call of each function of the user's that has a gradient of its own."""
    if custom_gradient._eager_mode_decorator is _original:
        patches.replace(custom_gradient, "_eager_mode_decorator", _eager)
        patches.on_restore(_called.clear)


def checks() -> list[GradientCheck]:
    """The functions whose gradient disagrees with their differences."""
    found = []
    with paused():
        for code, (function, args, kwargs) in list(_called.items()):
            try:
                known = _compared(function, args, kwargs)
                if not known or max(abs(n) for _, n in known) > LARGE:  # training has gone astray: where it began
                    known = _compared(function, args, kwargs, usual=True) or known
            except Exception:
                continue  # it takes something else than tensors, or uses variables
            wrong = [(g, n) for g, n in known if abs(g - n) > TOLERANCE * max(abs(g), abs(n))]
            if known and len(wrong) == len(known):
                given, numeric = wrong[0]
                found.append(
                    GradientCheck(function.__name__, shown_path(code.co_filename), code.co_firstlineno, given, numeric)
                )
    return found


def _compared(function: Any, args: Any, kwargs: Any, *, usual: bool = False) -> list[tuple[float, float]]:
    """What a few directions show, around the arguments or, where these have grown too large, usual numbers."""
    pairs = [_compare(function, args, kwargs, seed, usual) for seed in range(DIRECTIONS)]
    return [p for p in pairs if p is not None]


def _compare(function: Any, args: Any, kwargs: Any, seed: int, usual: bool) -> tuple[float, float] | None:
    """The derivative along a direction as given and by differences; None where it is not to be compared."""
    rng = np.random.default_rng(seed)
    moved = [i for i, a in enumerate(args) if isinstance(a, (tf.Tensor, tf.Variable)) and a.dtype.is_floating]
    points = {i: np.asarray(args[i], np.float64) for i in moved}
    if usual:
        points = {i: rng.standard_normal(p.shape) for i, p in points.items()}
    if not moved or not all(np.isfinite(p).all() for p in points.values()):
        return None
    sizes = {i: max(float(np.abs(p).mean()), 1e-6) for i, p in points.items()}
    ways = {i: rng.standard_normal(p.shape) * sizes[i] for i, p in points.items()}

    def at(shift: float) -> list[Any]:
        return [
            tf.constant(points[i] + shift * ways.get(i, 0.0), a.dtype) if i in points else a for i, a in enumerate(args)
        ]

    value, gradient = function(*at(0.0), **kwargs)
    outputs = tf.nest.flatten(value)
    here = [np.asarray(o, np.float64) for o in outputs]
    if any(np.array_equal(o, p) for o in here for p in points.values()):
        return None
    weights = [rng.standard_normal(o.shape) for o in here]
    given_back = tf.nest.flatten(gradient(*[tf.constant(w, o.dtype) for w, o in zip(weights, outputs, strict=True)]))
    if len(given_back) != len(args):
        return None
    ways = {i: way for i, way in ways.items() if given_back[i] is not None}  # without one: a constant on purpose
    given = sum(float((np.asarray(given_back[i], np.float64) * way).sum()) for i, way in ways.items())

    def total(shift: float) -> float:
        outs = tf.nest.flatten(function(*at(shift), **kwargs)[0])
        return sum(float((np.asarray(o, np.float64) * w).sum()) for o, w in zip(outs, weights, strict=True))

    numeric = (total(STEP) - total(-STEP)) / (2 * STEP)
    if numeric == 0 or not np.isfinite([given, numeric]).all():
        return None
    return given, numeric
