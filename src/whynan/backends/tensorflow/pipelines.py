"""Lets the line tracer of births see TensorFlow data: eager tensors, weights, and the functions of tf.data pipelines."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state
from whynan.record.births import Tracer
from whynan.record.sources import is_user_code

MAX_WEIGHTS = 2_000_000
NESTING = ("flat_map", "interleave", "group_by_window")
"""Transformations whose functions return datasets."""


def read(value: Any) -> np.ndarray[Any, Any] | None:
    """The elements of an eager tensor or a variable, or all weights of a layer; None for anything else."""
    if isinstance(value, tf.Tensor):
        return np.asarray(value._numpy()) if hasattr(value, "_numpy") else None
    if type(value).__module__.startswith("keras."):
        value = state.plain(value)
    if isinstance(value, tf.Variable):
        return np.asarray(value.read_value()._numpy()) if tf.executing_eagerly() else None
    weights = getattr(value, "weights", None) if hasattr(value, "count_params") else None
    if not weights or not tf.executing_eagerly():
        return None
    arrays = [np.asarray(w.value.read_value()._numpy()) for w in weights]
    kept = [a.reshape(-1).astype(np.float32) for a in arrays if a.dtype.kind in "fV" and a.size <= MAX_WEIGHTS]
    return np.concatenate(kept) if kept else None


def follow(tracer: Tracer) -> None:
    """Run the functions of tf.data pipelines as plain Python, each under the tracer, whatever thread they run in."""
    from tensorflow.python.data.ops import debug_mode, structured_function
    from tensorflow.python.ops import script_ops

    wrapper: Any = structured_function.StructuredFunctionWrapper
    autograph: Any = structured_function.autograph
    build = wrapper.__init__

    def eagerly(self: Any, func: Any, *args: Any, **kwargs: Any) -> None:
        """Only the user's own functions: those inside of TensorFlow's datasets do not all bear it. Nor can Python give
        back a dataset, so that those which make one stay compiled; what is mapped inside of them does not.
        """
        plain = inspect.unwrap(getattr(func, "func", func))
        code = getattr(plain if hasattr(plain, "__code__") else type(plain).__call__, "__code__", None)
        name = str(args[0] if args else kwargs.get("transformation_name", ""))
        debug_mode.DEBUG_MODE = code is not None and is_user_code(code) and not any(n in name for n in NESTING)
        try:
            build(self, func, *args, **kwargs)
        finally:
            debug_mode.DEBUG_MODE = False

    wrapper.__init__ = eagerly

    class Plain:
        """autograph, that leaves functions as they are where they run eagerly: Python's own control flow works there.

        Before that each is traced, for the structure of what it returns.
        """

        def __getattr__(self, name: str) -> Any:
            return getattr(autograph, name)

        def tf_convert(self, function: Any, *args: Any, **kwargs: Any) -> Any:
            converted = autograph.tf_convert(function, *args, **kwargs)

            def call(*given: Any) -> Any:
                return (function if tf.executing_eagerly() else converted)(*given)

            return call

    structured_function.autograph = Plain()

    def traced(cls: Any, name: str) -> None:
        original = getattr(cls, name)

        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            if sys.gettrace() is None:
                sys.settrace(tracer._call)
            result = original(self, *args, **kwargs)
            if cls is script_ops.EagerFunc:
                tracer.passed(tf.nest.flatten(args[-1]), tf.nest.flatten(result))
            return result

        setattr(cls, name, call)

    traced(script_ops.EagerFunc, "__call__")
    traced(script_ops.FuncRegistry, "__call__")
