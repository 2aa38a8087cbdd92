"""Trials of eager loops may compile what they call: layers that are Keras' own through and through, where they are slow.

A recurrent layer runs thousands of eager operations a call. A trial asks whether training is finite and learns, and not
which operation of a layer it was, so that a compiled call answers as well.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from whynan.backends.tensorflow import patches
from whynan.backends.tensorflow.tracer import paused

SLOW = 0.02  # seconds of a call, above which it is compiled
FIRST = 0.1  # and of the first one, which also makes the weights

_local = threading.local()
_called: weakref.WeakSet[Any] = weakref.WeakSet()
_functions: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()  # None where it stays as it is


def install(keras: Any) -> None:
    """Have slow layers compiled, once a call took long."""
    original = keras.layers.Layer.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(_local, "inside", False) or not tf.executing_eagerly() or _functions.get(self, self) is None:
            return original(self, *args, **kwargs)
        if self not in _called and not _is_keras(self, keras):
            _functions[self] = None
            return original(self, *args, **kwargs)
        if not all(map(_is_plain, tf.nest.flatten((args, kwargs)))):
            return original(self, *args, **kwargs)
        with _within():
            if self in _functions:
                try:
                    return _compiled(self, args, kwargs)
                except Exception:  # what cannot be compiled runs as it did
                    _functions[self] = None
                    return original(self, *args, **kwargs)
            started = time.perf_counter()
            result = original(self, *args, **kwargs)
            seconds = time.perf_counter() - started
            if seconds > (SLOW if self in _called else FIRST):
                _functions[self] = _function(self, original)
            elif self in _called:
                _functions[self] = None
            _called.add(self)
            return result

    patches.replace(keras.layers.Layer, "__call__", call)


@contextlib.contextmanager
def _within() -> Iterator[None]:
    _local.inside = True
    try:
        yield
    finally:
        _local.inside = False


def _is_keras(layer: Any, keras: Any) -> bool:
    """Whether a layer and all that it holds are of Keras, and a call leaves nothing behind but weights."""
    apart = (keras.layers.Lambda, keras.layers.ActivityRegularization)
    return all(
        type(part).__module__.startswith("keras.") and not isinstance(part, apart) and part.activity_regularizer is None
        for part in layer._flatten_layers()
    )


def _is_plain(value: Any) -> bool:
    return not isinstance(value, tf.Variable) and getattr(value, "_keras_mask", None) is None


def _function(layer: Any, original: Any) -> Any:
    held = weakref.ref(layer)

    def call(args: Any, kwargs: Any) -> Any:
        outputs = original(held(), *args, **kwargs)
        return outputs, [getattr(t, "_keras_mask", None) for t in tf.nest.flatten(outputs)]

    return tf.function(call, reduce_retracing=True, autograph=False)


def _compiled(layer: Any, args: Any, kwargs: Any) -> Any:
    with paused():
        outputs, masks = _functions[layer](args, kwargs)
    for tensor, mask in zip(tf.nest.flatten(outputs), masks, strict=True):
        if mask is not None:
            tensor._keras_mask = mask
    return outputs
