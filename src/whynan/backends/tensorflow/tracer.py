"""Sees every eager TensorFlow operation with its tensors, the user's line, the layer and the phase.

An op callback gives operation, inputs and outputs; eager tensors do not change, so a reference is a recording. The
gradient function that TensorFlow calls for each taped operation is wrapped to learn which forward operation a
gradient operation belongs to. Nothing here looks at a value.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import backprop, context, execute
from tensorflow.python.framework import op_callbacks

from whynan.backends.tensorflow import patches
from whynan.case.nouns import is_write
from whynan.record import script
from whynan.record.generated import is_generated
from whynan.record.sources import is_user_code

_SKIP = frozenset({"VarHandleOp", "MakeIterator", "AnonymousIteratorV3", "DeleteIterator"})
_RECORD_BYTES = 1000  # about what a record takes beside its tensors
_LOSS_FUNCTIONS = frozenset({"_compute_loss", "compute_loss", "_get_regularization_losses", "_get_own_losses"})


class Record:
    """One operation as it was recorded: references only; everything is worked out when someone asks."""

    __slots__ = (
        "attrs", "forward", "in_loss", "index", "inputs", "layer", "lib", "outputs", "own", "phase", "size", "type",
        "user",
    )  # fmt: skip

    def __init__(
        self, index: int, op_type: str, inputs: Any, attrs: Any, outputs: Any, phase: str, forward: Forward | None
    ) -> None:
        self.index = index
        self.type = op_type
        self.inputs = inputs
        self.attrs = attrs
        self.outputs = outputs
        self.phase = phase
        self.forward = forward
        self.user: list[tuple[CodeType, int]] = []
        self.lib: list[CodeType] = []
        self.in_loss = 0
        self.layer: Any = None
        self.own = False
        self.size = _RECORD_BYTES


Forward = tuple[Any, Any, Any]
"""A forward operation as its gradient function was given it: name, inputs, outputs."""


@functools.cache
def _is_watched(op_type: str) -> bool:
    return op_type == "StringFormat" or is_write(op_type)


_USER, _LOSS, _TOP = 1, 2, 4
tops = {script.run.__code__}  # frames of these and above are not the script's
_kinds: dict[int, int] = {}
_known_codes: list[CodeType] = []  # kept alive, so that their ids stay theirs; hashing a code object is slow


def _kind(code: CodeType) -> int:
    """What a frame with this code means for an operation below it, as flags."""
    name, file = code.co_name, code.co_filename
    kind = _USER if is_user_code(code) or is_generated(code.co_filename) else 0
    if name in _LOSS_FUNCTIONS or (name == "__call__" and file.endswith(("losses/loss.py", "compile_utils.py"))):
        kind |= _LOSS
    if code in tops:
        kind |= _TOP
    _known_codes.append(code)
    _kinds[id(code)] = kind
    return kind


class Tracer:
    """A bounded ring of operation records of this thread.

    `limit` bounds the bytes that the ring keeps alive: the outputs, and the records themselves.
    """

    def __init__(self, limit: int) -> None:
        self.records: deque[Record] = deque()
        self.limit = limit
        self.bytes = 0
        self.count = 0
        self.phase = ""
        self.forward: Forward | None = None
        self.base: FrameType | None = None
        self.above: list[tuple[CodeType, int]] = []
        self.losses: list[Any] = []
        self.on_write: Callable[[Record], None] | None = None
        self.marks: deque[int] = deque()
        self.keep_marks = 3

    def __call__(
        self, op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        """The op callback. Never raises; never changes an output."""
        if graph is not None:
            return
        try:
            if type(op_type) is bytes:
                op_type = op_type.decode()
            if op_type in _SKIP:
                return
            self.count += 1
            if len(outputs) > 1:
                outputs = tuple(outputs)  # a TensorArray empties the list that it was given
            record = Record(self.count, op_type, inputs, attrs, outputs, self.phase, self.forward)
            self._stack(record, sys._getframe(2))  # past the callback
            self.records.append(record)
            for tensor in outputs:
                record.size += tensor_bytes(tensor)
            self.bytes += record.size
            while self.bytes > self.limit and len(self.records) > 1:
                self.bytes -= self.records.popleft().size
        except Exception:
            return
        if self.on_write is not None and _is_watched(op_type):
            self.on_write(record)

    def _stack(self, record: Record, frame: FrameType | None) -> None:
        """Remember the library functions below the user's innermost frame, and all frames of the user's."""
        base, kinds, lib = self.base, _kinds, record.lib
        user = record.user
        while frame is not base and frame is not None:
            code = frame.f_code
            kind = kinds.get(id(code))
            if kind is None:
                kind = _kind(code)
            if kind:
                record.in_loss |= kind & _LOSS
                if kind & _TOP:
                    break
                if kind & _USER:
                    user.append((code, frame.f_lasti))
            if not user:
                lib.append(code)
            frame = frame.f_back
        del lib[24:]
        if base is not None and frame is base:
            record.own = bool(user)  # a function of the user's runs within the phase, as a gradient of one's own
            record.user = [*user, *self.above] if user else self.above
        record.layer = _layer()

    @contextmanager
    def within(self, phase: str) -> Iterator[None]:
        """A phase that the caller's function begins and ends: the frames above it are looked at once for all."""
        before = self.phase, self.base, self.above
        record = Record(0, "", (), (), (), "", None)
        frame = sys._getframe(2)  # the caller, past contextmanager
        self._stack(record, frame)
        self.phase, self.base, self.above = phase, frame, record.user
        try:
            yield
        finally:
            self.phase, self.base, self.above = before

    def mark(self) -> None:
        """A step ended: let go of the records of steps long past."""
        self.marks.append(self.count)
        while len(self.marks) > self.keep_marks:
            last, records = self.marks.popleft(), self.records
            while records and records[0].index <= last:
                self.bytes -= records.popleft().size

    def settle(self) -> None:
        """A compiled step ended: where no tape runs eagerly, nothing from before the last ones will be asked for."""
        if not self.losses:
            self.mark()

    def clear(self) -> None:
        """Forget all records."""
        self.records.clear()
        self.marks.clear()
        self.bytes = 0


_item_sizes: dict[int, int] = {}


def tensor_bytes(tensor: Any) -> int:
    """The bytes of an eager tensor, quickly; 0 where that is not known."""
    try:
        kind = tensor._datatype_enum()
        if kind not in _item_sizes:
            _item_sizes[kind] = int(tensor.dtype.size or 0)
        return int(tensor._num_elements()) * _item_sizes[kind]
    except Exception:
        return 0


_scopes: Any = None


def _layer() -> tuple[Any, ...] | None:
    global _scopes
    if _scopes is None:
        _scopes = sys.modules.get("keras.src.backend.common.global_state")
        if _scopes is None:
            return None
    stack = getattr(_scopes.GLOBAL_STATE_TRACKER, "name_scope_stack", None)
    if not stack:
        return None
    return tuple([entry.caller for entry in stack if entry.caller is not None]) or None


class _Local(threading.local):
    tracer: Tracer | None = None
    paused: int = 0


_local = _Local()
_join: Callable[[], None] | None = None  # begins to trace a thread that the script has started
_original_gradient_function = backprop._gradient_function
_original_enter = backprop.GradientTape.__enter__
_original_tape_gradient = backprop.GradientTape.gradient
_original_record_operation: Any = None


def _gradient_function(op_name: Any, attr_tuple: Any, num_inputs: Any, inputs: Any, outputs: Any, *rest: Any) -> Any:
    tracer = _local.tracer
    if tracer is None or _local.paused:
        return _original_gradient_function(op_name, attr_tuple, num_inputs, inputs, outputs, *rest)
    before = tracer.forward
    tracer.forward = (op_name, inputs, outputs)
    try:
        return _original_gradient_function(op_name, attr_tuple, num_inputs, inputs, outputs, *rest)
    finally:
        tracer.forward = before


def _enter(self: Any) -> Any:
    joined()
    return _original_enter(self)


tape_observers: list[Callable[[Any, Any, Any], None]] = []


def _tape_gradient(self: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
    tracer = _local.tracer
    if tracer is None or _local.paused or not tf.executing_eagerly():
        return _original_tape_gradient(self, target, sources, *args, **kwargs)
    tracer.losses.append(target)
    del tracer.losses[:-4]
    with tracer.within("gradient"):
        result = _original_tape_gradient(self, target, sources, *args, **kwargs)
    for observer in tape_observers:
        observer(target, sources, result)
    return result


def _record_operation(
    op_type: Any, output_tensors: Any, input_tensors: Any, backward_function: Any, forward_function: Any = None
) -> Any:
    """`tf.custom_gradient` is taped here: remember that what its backward function runs belongs to it."""
    original: Any = _original_record_operation
    tracer = _local.tracer
    if tracer is None or _local.paused or backward_function is None or not tf.executing_eagerly():
        return original(op_type, output_tensors, input_tensors, backward_function, forward_function)
    name = f"custom_gradient:{op_type}"

    def traced(*grads: Any, **kwargs: Any) -> Any:
        before = tracer.forward
        tracer.forward = (name, input_tensors, output_tensors)
        try:
            return backward_function(*grads, **kwargs)
        finally:
            tracer.forward = before

    return original(op_type, output_tensors, input_tensors, traced, forward_function)


def install() -> None:
    """Hook gradient functions, `GradientTape.gradient` and `tf.custom_gradient`, once a process."""
    global _original_record_operation
    if _original_record_operation is not None:
        return
    from tensorflow.python.eager import record
    from tensorflow.python.ops import custom_gradient

    pywrap_tfe.TFE_Py_RegisterGradientFunction(_gradient_function)
    patches.replace(backprop.GradientTape, "gradient", _tape_gradient)
    patches.replace(backprop.GradientTape, "__enter__", _enter)
    _original_record_operation = record.record_operation
    patches.replace(record, "record_operation", _record_operation)
    patches.on_restore(_uninstall)
    if getattr(custom_gradient, "record", None) is not None:
        custom_gradient.record.record_operation = _record_operation


def _uninstall() -> None:
    global _original_record_operation
    pywrap_tfe.TFE_Py_RegisterGradientFunction(_original_gradient_function)
    _original_record_operation = None


def start(tracer: Tracer) -> None:
    """Trace the eager operations of this thread."""
    _local.tracer = tracer
    op_callbacks.add_op_callback(_callback)


def follow(join: Callable[[], None]) -> None:
    """Have `join` begin to trace each further thread of the script, at its first tape or compiled function."""
    global _join
    _join = join


def stop() -> None:
    """Trace no longer."""
    global _join
    _join = None
    _local.tracer = None
    if _callback in context.context().op_callbacks:
        op_callbacks.remove_op_callback(_callback)


def _callback(op_type: Any, inputs: Any, attrs: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
    tracer = _local.tracer
    if tracer is not None and not _local.paused:
        tracer(op_type, inputs, attrs, outputs, op_name, graph)


def of_thread() -> Tracer | None:
    """The tracer of this thread, unless paused."""
    return None if _local.paused else _local.tracer


def joined() -> Tracer | None:
    """The tracer of this thread, begun now where the thread is new; replicas are followed from outside."""
    if _local.tracer is None and _join is not None and not _local.paused:
        thread = threading.current_thread()
        if thread is not threading.main_thread() and not type(thread).__module__.startswith("tensorflow."):
            _join()
    return of_thread()


class paused:
    """Take the callback off, so that compiled functions run without any cost, and nothing of whynan's is recorded.

    No generator, and not `remove_op_callback`, which would cost more: this is entered at every step.
    """

    __slots__ = ("callbacks",)

    def __enter__(self) -> None:
        self.callbacks: list[Any] | None = None
        if not _local.paused:
            callbacks = context.context().op_callbacks
            if _callback in callbacks:
                callbacks.remove(_callback)
                self.callbacks = callbacks
                if not callbacks:
                    execute.execute = execute.quick_execute
        _local.paused += 1

    def __exit__(self, *raised: object) -> None:
        _local.paused -= 1
        if self.callbacks is not None:
            self.callbacks.append(_callback)
            execute.execute = execute.execute_with_callbacks


@contextmanager
def tracing(limit: int) -> Iterator[Tracer]:
    """Trace one instrumented step with a tracer of its own."""
    before, paused_before = _local.tracer, _local.paused
    had = _callback in context.context().op_callbacks
    tracer = Tracer(limit)
    _local.tracer, _local.paused = tracer, 0
    if not had:
        op_callbacks.add_op_callback(_callback)
    try:
        yield tracer
    finally:
        if not had:
            op_callbacks.remove_op_callback(_callback)
        _local.tracer, _local.paused = before, paused_before


def repeat(record: Record) -> None:
    """Run a recorded operation again."""
    with paused():
        attributes = tuple(record.attrs or ())
        handle = context.context()._handle
        pywrap_tfe.TFE_Py_Execute(handle, None, record.type, list(record.inputs), attributes, len(record.outputs))
