"""Follows tf.functions of the user's own that update variables: each call is a recorded training step."""

from __future__ import annotations

import contextlib
import gc
import inspect
import math
import re
import sys
import weakref
from collections.abc import Collection
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.autograph.impl import api as autograph
from tensorflow.python.eager.polymorphic_function import polymorphic_function
from tensorflow.python.util import nest

from whynan.backends.tensorflow import eagerly, patches, resume, state
from whynan.backends.tensorflow.given import Calls
from whynan.backends.tensorflow.investigate import Pass, again
from whynan.backends.tensorflow.steps import StepRecorder, batch_bytes, call_span
from whynan.backends.tensorflow.stuck import suspect_steps
from whynan.backends.tensorflow.tracer import joined, paused, tensor_bytes
from whynan.case.nouns import Symptom, is_target, is_write
from whynan.record import generated
from whynan.record import session as sessions
from whynan.record.session import StopRun
from whynan.record.sources import is_user_file

HELD = 4  # functions that are kept alive: a GAN has one for each network, a search one for each model
_held: dict[Any, FunctionRecorder] = {}
_owners: list[Any] = []  # of the latest function: a script may let go of it before the last look
_calls = Calls()
_recorders: weakref.WeakKeyDictionary[Any, FunctionRecorder] = weakref.WeakKeyDictionary()
_readers: weakref.WeakSet[Any] = weakref.WeakSet()  # functions that change nothing
_passed: weakref.WeakKeyDictionary[Any, list[weakref.ref[Any]]] = weakref.WeakKeyDictionary()  # variables, as arguments
_original_call = polymorphic_function.Function.__call__
_original_conversion = autograph._convert_actual


def _writes(function: Any) -> bool:
    """Whether any of a function's traces changes a trainable variable or holds an optimizer's update."""
    for concrete in function._list_all_concrete_functions():
        graph = concrete.graph
        graphs = [graph, *(getattr(f, "graph", None) for f in getattr(graph, "_functions", {}).values())]
        if any(is_write(op.type) for g in graphs if g is not None for op in g.get_operations()):
            return any(v.dtype.is_floating for v in (*graph.variables, *_passed_variables(function)))
        if any(v.trainable for v in graph.variables):
            for op in graph.get_operations():
                if op.type in ("StatefulPartitionedCall", "While", "If", "StatelessIf", "PartitionedCall"):
                    text = str(graph.as_graph_def(add_shapes=False).library)[:4_000_000]
                    return "Assign" in text or "ResourceApply" in text
    return False


def _passed_variables(function: Any) -> list[Any]:
    """The variables that a function was passed as arguments: its graph holds only those that it captured."""
    return [v for reference in _passed.get(function, ()) if (v := reference()) is not None]


def _new_passed(function: Any, args: Any, kwargs: Any) -> list[Any]:
    """Remember variables among the arguments of a call, and return those that no call before passed."""
    passed = [v for v in tf.nest.flatten((args, kwargs)) if isinstance(v, tf.Variable)]
    known = _passed_variables(function) if passed else []
    new = state.unique([*known, *passed])[len(known) :]
    if new:
        _passed[function] = [weakref.ref(v) for v in (*known, *new)]
    return new


def _loss(result: Any, aside: Collection[int] = ()) -> float | None:
    """The first non-finite scalar of what a step returns, else its first floating scalar; some positions left out."""
    first: float | None = None
    for position, tensor in enumerate([result] if isinstance(result, tf.Tensor) else tf.nest.flatten(result)):
        if isinstance(tensor, tf.Tensor) and _is_single(tensor) and tensor.dtype.is_floating and position not in aside:
            value = float(state.array(tensor).item())
            if not math.isfinite(value):
                return value
            first = value if first is None else first
    return first


def _is_single(tensor: Any) -> bool:
    try:
        return bool(tensor._num_elements() == 1)  # many times faster than its shape
    except AttributeError:
        return bool(tensor.shape.num_elements() == 1)


def _owner(function: Any) -> Any:
    """The object whose method a function is: the function itself refers to it weakly."""
    method = getattr(function._python_function, "__original_wrapped__", None)
    method = method or getattr(function._python_function, "__wrapped__", None)
    return getattr(getattr(method, "__self__", None), "target", None)


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    session = sessions.active()
    if session is None or not tf.executing_eagerly() or joined() is None:
        return _original_call(self, *args, **kwargs)
    if tf.config.functions_run_eagerly():
        return _original_call(self, *eagerly.as_traced(args), **eagerly.as_traced(kwargs))
    recorder = _recorders.get(self)
    if recorder is None:
        return _unknown(session, self, args, kwargs)
    if recorder.session is not session:
        return _original_call(self, *args, **kwargs)
    if recorder.span is None:
        recorder.span = call_span()
    if self in _passed:
        _guarded(session, recorder.follow_passed, self, args, kwargs)
    args, kwargs = resume.given(recorder, recorder.step, (args, kwargs))
    _guarded(session, recorder.before, recorder.step, (weakref.ref(self), *args), kwargs)
    with paused():
        result = _original_call(self, *args, **kwargs)
    _guarded(session, recorder.after, result)
    return result


def _unknown(session: sessions.Session, function: Any, args: Any, kwargs: Any) -> Any:
    """A function that is not recorded: not the user's own, known to change nothing, or called for the first time."""
    if function in _readers:
        result = _original_call(function, *args, **kwargs)
        _guarded(session, _remember, function, args, kwargs, result)
        return result
    python = function._python_function
    code = getattr(getattr(python, "__wrapped__", python), "__code__", None)
    if code is None or not is_user_file(code.co_filename):
        return _original_call(function, *args, **kwargs)
    return _first(session, function, args, kwargs)


def _remember(function: Any, args: Any, kwargs: Any, result: Any) -> None:
    """A function that changes nothing was called: what it gives may go into a step."""
    _calls.remember(function, args, kwargs, result, batch_bytes((args, kwargs, result)))


def _first(session: sessions.Session, function: Any, args: Any, kwargs: Any) -> Any:
    """The first call traces the function; state is kept from before it where it is known."""
    recorder: FunctionRecorder | None = None
    try:
        with paused():
            if not function._list_all_concrete_functions():
                function.get_concrete_function(*args, **kwargs)  # as its first call would: traces, and makes variables
    except Exception:
        pass
    try:
        _new_passed(function, args, kwargs)
        if function._list_all_concrete_functions() and _writes(function):
            recorder = _joined(session, function)
            args, kwargs = resume.given(recorder, recorder.step, (args, kwargs))
            recorder.before(recorder.step, (weakref.ref(function), *args), kwargs)
    except StopRun:
        raise
    except Exception as error:
        session.guard(error, "prepare the recording of a tf.function")
    with (
        paused() if recorder is not None else contextlib.nullcontext()
    ):  # a reader is one operation of the eager script
        result = _original_call(function, *args, **kwargs)
    try:
        if recorder is not None:
            recorder.after(result)
        elif _writes(function):
            _joined(session, function).begin_after(function, args, kwargs, result)
        else:
            _readers.add(function)
            _remember(function, args, kwargs, result)
    except StopRun:
        raise
    except Exception as error:
        session.guard(error, "record a tf.function")
    return result


def _joined(session: sessions.Session, function: Any) -> FunctionRecorder:
    """The recorder of a function: that of functions which it shares variables with, else one of its own.

    Functions that change nothing but read the variables of both bind them as well, as an E-step does.
    """
    everywhere = {id(v) for v in state.global_variables()}
    variables = {id(v) for v in _variables(function)} - everywhere
    for reader in list(_readers):
        read = {id(v) for v in _variables(reader)} - everywhere
        variables |= read if read & variables else set()
    for recorder in list(_recorders.values()):
        if recorder.session is session and variables & {id(v) for v in recorder.variables()}:
            recorder.look(recorder.last_result)  # what failed before is no fault of this function
            recorder.join(function)
            break
    else:
        recorder = FunctionRecorder(session, function)
    _recorders[function] = recorder
    _hold(session, function, recorder)
    return recorder


def _hold(session: sessions.Session, function: Any, recorder: FunctionRecorder) -> None:
    """Keep the latest functions alive until they were looked at: one that a function of the user's made goes with it."""
    _held[function] = recorder
    _owners[:] = [_owner(function)]
    while len(_held) > HELD:
        oldest = _held.pop(next(iter(_held)))
        _guarded(session, oldest.look, oldest.last_result)


def _variables(function: Any) -> list[Any]:
    captured = [v for concrete in function._list_all_concrete_functions() for v in state.of_graph(concrete.graph)]
    return captured + _passed_variables(function)


def traced_as(name: str) -> Any:
    """The traced function that an operation of the eager script is a call of; None where it is not known."""
    traced = (c for function in list(_readers) for c in function._list_all_concrete_functions())
    return next((c for c in traced if tf.compat.as_str(c.name) == name), None)


def read_by_function(key: int) -> Any:
    """The variable with this handle among those that functions read which change nothing; None where there is none."""
    return next((v for f in list(_readers) for v in _variables(f) if v.handle._id == key), None)


class FunctionRecorder(StepRecorder):
    """The calls of a function, or of several that train on the same variables by turns, as one row of steps.

    The first argument of a recorded step refers to the function, weakly: a model that is thrown away may go.
    """

    def __init__(self, session: sessions.Session, function: Any) -> None:
        self.functions = weakref.WeakSet([function])
        self.aside: set[int] = set()  # positions in the result that training does not depend on
        super().__init__(
            session,
            call=lambda function, *a, **k: _original_call(function(), *a, **k),
            eager=lambda function, *a, **k: eagerly.again(function(), *_calls.made_again((a, k), eagerly.again)),
            variables=self._state,
            weights=self._state,
            traced=lambda: [c for f in self.functions for c in f._list_all_concrete_functions()],
            read_loss=lambda result: _loss(result, self.aside),
            reset=lambda: None,
            model=_model_in(function),
            way="function",
        )
        self.span = call_span()

    def _state(self) -> list[Any]:
        return [v for function in self.functions for v in _variables(function)] + state.global_variables()

    def spoilt(self, variable: Any) -> bool:
        """Whether a weight is not finite; a metric that is not lies beside training, and may stay so."""
        bad = super().spoilt(variable)
        metric = _metric_of(variable) if bad and not variable.trainable else None
        if metric is None:
            return bad
        self.marked[id(variable)] = 1.0
        if not any(symptom.where == metric for symptom in self.session.side_symptoms):
            value = float(state.array(variable).ravel()[0])
            self.session.beside(Symptom("metric", value, step=self.step, where=metric), None)
            self.session.note(f"{metric} is {value}, while training stays finite")
        return False

    def join(self, function: Any) -> None:
        """Record the calls of one more function."""
        self.functions.add(function)
        self.aside.clear()
        self.start_anew([])

    def follow_passed(self, function: Any, args: Any, kwargs: Any) -> None:
        """Follow variables that a call is the first to be passed."""
        if not self.failed and (new := _new_passed(function, args, kwargs)):
            self.start_anew(new)

    def start_anew(self, new: list[Any]) -> None:
        """There are more variables now: what was kept before lacks them, and is let go.

        A new one may have the number of one that is gone, so that what it begins with is taken from now.
        """
        self.forget()
        numbers = {id(v) for v in new}
        now = {id(v): value for v, value in self.take_snapshot()}
        self.initial = {n: value if n in numbers else self.initial.get(n, value) for n, value in now.items()}

    def begin_after(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        """A function whose variables were not known before its first call: record from the second one on."""
        self.forget()
        self.step += 1
        self.take_snapshot()
        self.session.steps += 1
        self.session.trained = True
        loss = _loss(result)
        if (loss is not None and not np.isfinite(loss)) or not all(
            state.finite(v) for v in state.unique(self._state())
        ):
            self.ring.append((self.step - 1, (weakref.ref(function), *args), kwargs, 0))
            self.look(result)

    def beside(self, result: Any) -> tuple[Symptom, Any] | None:
        if len(self.functions) > 1:
            return None  # a position says nothing where several functions return by turns
        found: tuple[Symptom, Any] | None = None
        for position, (path, tensor) in enumerate(nest.flatten_with_tuple_paths(result)):
            value = _loss(tensor)
            if value is not None and not math.isfinite(value) and position not in self.aside:
                self.aside.add(position)
                name = getattr(next(iter(self.functions))._python_function, "__name__", "the step")
                found = found or (
                    Symptom("output", value, where=f"{name}(){''.join(f'[{p!r}]' for p in path)}"),
                    tensor,
                )
        return found

    def as_tensors(self, given: Any) -> Any:
        return eagerly.as_traced(given)

    def size(self, args: Any, kwargs: Any) -> int:
        """The bytes of a step's arguments: asked at every call, so without a search of plain tensors for parts."""
        total = batch_bytes(kwargs) if kwargs else 0
        for part in args[1:]:
            total += tensor_bytes(part) if isinstance(part, tf.Tensor) else batch_bytes(part)
        return total

    def parts(self, args: Any, kwargs: Any) -> list[tuple[str, Any]]:
        """The tensors of a step, without the function that got them, called as its parameters are where these tell."""
        parts = super().parts(args[1:], kwargs)
        names = _parameters(args[0]())
        if len(names) <= 3 and not any(map(is_target, names)):
            return parts  # of two or three, the order tells more
        known = {f"args[{i}]": name for i, name in enumerate(names)} | dict(
            zip(("x", "y", "sample_weight"), names, strict=False)
        )
        heads = [(re.match(r"args\[\d+\]|\w+", name), name, value) for name, value in parts]
        return [(known.get(head[0], head[0]) + name[head.end() :], value) for head, name, value in heads if head]

    def comparable(self, found: Pass) -> None:
        called = {number: args[0]() for number, args, _, _ in self.ring}
        for facts in found.trajectory:
            if found.step is not None and called.get(facts.step) is not called.get(found.step):
                facts.loss = None  # of another function


def _parameters(function: Any) -> list[str]:
    """The names of a function's parameters, `self` left out."""
    try:
        return [name for name in inspect.signature(function._python_function).parameters if name != "self"]
    except (AttributeError, TypeError, ValueError):
        return []


def _model_in(function: Any) -> Any:
    """A Keras model among what the step's function refers to."""
    keras = sys.modules.get("keras")
    if keras is None:
        return None
    python = function._python_function
    inner = getattr(python, "__wrapped__", python)
    places = [getattr(inner, "__self__", None)]
    places += [c.cell_contents for c in getattr(inner, "__closure__", None) or () if _has(c)]
    code = getattr(inner, "__code__", None)
    if code is not None:
        places += [inner.__globals__.get(n) for n in code.co_names]
    for thing in places:
        if isinstance(thing, keras.Model):
            return thing
    return None


def _metric_of(variable: Any) -> str | None:
    """The name of the metric that keeps a variable: asked only where that is not finite, for it takes a while."""
    cls = getattr(sys.modules.get("keras.src.metrics.metric"), "Metric", None)
    metrics = (o for o in gc.get_objects() if cls is not None and issubclass(type(o), cls))
    return next((str(m.name) for m in metrics if any(state.plain(v) is variable for v in m.variables)), None)


def _has(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _guarded(session: sessions.Session, action: Any, *args: Any) -> None:
    try:
        action(*args)
    except StopRun:
        raise
    except Exception as error:
        session.guard(error, "record a tf.function step")


def finish(session: sessions.Session) -> None:
    """The script has ended: look once more at each recorded function."""
    for recorder in dict.fromkeys(_recorders.values()):
        if recorder.session is session:
            _guarded(session, recorder.finish)
            if not recorder.failed and len(recorder.functions) == 1:
                _guarded(session, suspect_steps, session, recorder, again(recorder))


def _convert_actual(entity: Any, context: Any) -> Any:
    """autograph's conversion: remember where the lines of what it generates come from."""
    converted = _original_conversion(entity, context)
    with contextlib.suppress(Exception):
        origins: dict[int, generated.Origin] = {}
        for at, origin in converted.ag_source_map.items():
            origins[at.lineno] = (origin.loc.filename, origin.loc.lineno, origin.function_name)
        generated.register(converted.__code__.co_filename, origins)
    return converted


def install() -> None:
    """Hook tf.function's call and what converts functions, once a process."""
    if polymorphic_function.Function.__call__ is _original_call:
        patches.replace(polymorphic_function.Function, "__call__", _call)
        patches.on_restore(_recorders.clear)
        patches.on_restore(_held.clear)
        patches.on_restore(_owners.clear)
        patches.on_restore(_calls.clear)
        patches.on_restore(_readers.clear)
        patches.on_restore(_passed.clear)
        patches.replace(autograph, "_convert_actual", _convert_actual)
