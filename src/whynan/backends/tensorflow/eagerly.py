"""Running as plain Python what TensorFlow compiles: tf.functions, traces of them, and the loops that it vectorises."""

from __future__ import annotations

import contextlib
import functools
import inspect
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager.polymorphic_function import polymorphic_function
from tensorflow.python.eager.polymorphic_function.concrete_function import ConcreteFunction
from tensorflow.python.ops.parallel_for import control_flow_ops

from whynan.backends.tensorflow import patches

MOST_ITERATIONS = 512  # of a vectorised loop, from which on it stays one operation

_vectorised = control_flow_ops.pfor
_get_trace = polymorphic_function.Function.get_concrete_function
_call_trace = ConcreteFunction.__call__
_traces: weakref.WeakKeyDictionary[Any, tuple[weakref.ref[Any], dict[str, Any]]] = weakref.WeakKeyDictionary()
"""The function that a trace is of, and the arguments, other than tensors, that it was traced for."""


def as_traced(args: Any) -> Any:
    """Arguments as the compiled function sees them: NumPy arrays are tensors, and their arithmetic is TensorFlow's."""
    return tf.nest.map_structure(lambda v: tf.convert_to_tensor(v) if isinstance(v, np.ndarray) else v, args)


def again(function: Any, args: Any, kwargs: Any) -> Any:
    """Run a tf.function eagerly."""
    return _as_written(function._python_function, as_traced(args), kwargs)


def _as_written(python: Any, args: Any, kwargs: Any) -> Any:
    """Call a function as the user wrote it: tracing a method leaves the code that autograph made of it in its wrapper."""
    converted = []
    wrapper = python
    while (original := getattr(wrapper, "__original_wrapped__", None)) is not None:
        converted.append((wrapper, wrapper.__wrapped__))
        wrapper.__wrapped__ = wrapper = original
    try:
        return python(*args, **kwargs)
    finally:
        for wrapper, code in converted:
            wrapper.__wrapped__ = code


@functools.wraps(_get_trace)
def _got_trace(self: Any, *args: Any, **kwargs: Any) -> Any:
    """A trace is handed out, and may be called past its function: remember whose it is."""
    trace = _get_trace(self, *args, **kwargs)
    with contextlib.suppress(TypeError):  # the flat signature, by names of tensors
        bound = inspect.signature(self._python_function).bind_partial(*args, **kwargs).arguments
        _traces[trace] = weakref.ref(self), {name: value for name, value in bound.items() if not _holds_tensors(value)}
    return trace


def _holds_tensors(value: Any) -> bool:
    kinds = (tf.Tensor, tf.TypeSpec, tf.Variable, np.ndarray, tf.__internal__.CompositeTensor)
    return any(isinstance(part, kinds) for part in tf.nest.flatten(value))


def _run_trace(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a trace eagerly, for what it was traced for; as it is where its function is gone or unknown."""
    reference, traced = _traces.get(self, (lambda: None, {}))
    function = reference()
    if function is None or not tf.executing_eagerly():
        return _call_trace(self, *args, **kwargs)
    try:
        signature = inspect.signature(function._python_function)
        bound = signature.bind_partial(*args, **kwargs)
        if any(_holds_tensors(value) for name, value in bound.arguments.items() if name in traced):
            raise TypeError("the flat signature: tensors only")
        bound.arguments.update({name: value for name, value in traced.items() if name not in bound.arguments})
        signature.bind(*bound.args, **bound.kwargs)  # is anything missing?
    except TypeError:
        return _call_trace(self, *args, **kwargs)
    return again(function, bound.args, bound.kwargs)


def _each(loop: Callable[..., Any], iterations: Any, *args: Any, **kwargs: Any) -> Any:
    """`pfor`, which vectorized_map and jacobian use, as the loop that it stands for: every iteration has its own lines."""
    try:
        count = int(iterations)
        if not 0 < count <= MOST_ITERATIONS or not tf.executing_eagerly():
            raise ValueError
        results = [loop(tf.constant(i)) for i in range(count)]
        return tf.nest.map_structure(lambda *values: tf.stack(values), *results)
    except (TypeError, ValueError, NotImplementedError):
        return _vectorised(loop, iterations, *args, **kwargs)


def install() -> None:
    """Remember the traces that functions hand out, once a process."""
    if polymorphic_function.Function.get_concrete_function is _get_trace:
        patches.replace(polymorphic_function.Function, "get_concrete_function", _got_trace)
        patches.on_restore(_traces.clear)


def begin() -> None:
    """From now on, functions run eagerly."""
    tf.config.run_functions_eagerly(True)
    control_flow_ops.pfor = _each
    ConcreteFunction.__call__ = _run_trace


@contextmanager
def eager_functions() -> Iterator[None]:
    """Run functions eagerly, for a while."""
    before = tf.config.functions_run_eagerly(), control_flow_ops.pfor, ConcreteFunction.__call__
    begin()
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before[0])
        control_flow_ops.pfor, ConcreteFunction.__call__ = before[1:]
