"""What is made of the records when someone asks: the framework-free trace of a step, and operations run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context

from whynan.backends.tensorflow.tracer import Forward, Record, Tracer, paused
from whynan.case.nouns import Array, Op, Phase, Source, Trace
from whynan.locate.phases import settle
from whynan.record.generated import span_at


def build_trace(
    tracer: Tracer,
    sources: dict[int, Source],
    batch: list[tuple[str, Any]],
    handed: Iterable[int] = (),
    gradients: Iterable[int] = (),
) -> Trace:
    """Turn the records into a framework-free Trace; `handed` goes to an optimizer, `gradients` were computed."""
    tensors: dict[int, Any] = {}
    by_outputs: dict[tuple[str, int], int] = {}
    by_inputs: dict[tuple[str, tuple[int, ...]], int] = {}
    ops: list[Op] = []
    batch_names = {id_: name for name, t in batch if (id_ := getattr(t, "_id", None)) is not None}
    for _name, tensor in batch:
        if hasattr(tensor, "_id"):
            tensors[tensor._id] = tensor
    has_layers = any(_in_layer(r) for r in tracer.records)
    seen_layer = False
    tapes = {r.user[0][0].co_name for r in tracer.records if r.phase == "gradient" and r.user}
    for record in tracer.records:
        ins = []
        for tensor in record.inputs:
            id_ = getattr(tensor, "_id", None)
            if id_ is not None:
                tensors[id_] = tensor
                ins.append(id_)
            else:
                ins.append(-1)
        outs = []
        for tensor in record.outputs:
            id_ = getattr(tensor, "_id", None)
            if id_ is not None:
                tensors[id_] = tensor
                outs.append(id_)
        forward = None
        if record.forward is not None:
            name, f_in, f_out = _forward_ids(record.forward)
            forward = next((by_outputs[name, o] for o in f_out if (name, o) in by_outputs), None)
            if forward is None:
                forward = by_inputs.get((name, f_in))
            if forward is None and name.startswith("custom_gradient:"):
                forward = next((by_outputs["", o] for o in f_out if ("", o) in by_outputs), None)
        frames = tuple(span_at(code, lasti) for code, lasti in record.user)
        seen_layer = seen_layer or _in_layer(record)
        op = Op(
            index=record.index,
            type=record.type,
            inputs=tuple(ins),
            outputs=tuple(outs),
            attrs=_attributes(record.attrs),
            frames=frames,
            calls=tuple(code.co_name for code in record.lib),
            layer=_layer_path(record.layer),
            phase=_phase(record, has_layers, seen_layer, frames, tapes),
            forward=forward,
            own=record.own and record.forward is not None,
        )
        ops.append(op)
        for out in outs:  # a gradient operation, too, is differentiated, for a second derivative
            by_outputs[record.type, out] = op.index
            by_outputs["", out] = op.index
        if record.forward is None:
            by_inputs[record.type, tuple(i for i in ins if i != -1)] = op.index

    told = {r.index for r in tracer.records if r.phase or r.in_loss}
    settle(ops, told, sources, handed, gradients)

    def read(tensor: int) -> Array | None:
        return to_array(tensors.get(tensor))

    known = dict(sources)
    for id_, name in batch_names.items():
        known.setdefault(id_, Source("batch", name))
    return Trace(ops, read, _executor(tracer, tensors), known)


_LOSS_WORDS = ("loss", "entropy", "nll", "likelihood", "objective", "criterion", "elbo", "penalty", "cost", "energy",
               "diverg", "error", "mse", "mae", "bce", "dice", "iou", "kl_", "_kl", "reward", "margin")  # fmt: skip

_MODEL_WORDS = ("forward", "predict", "model", "mlp", "perceptron", "network", "encode", "decode", "logits", "policy")


def _in_layer(record: Record) -> bool:
    """Whether a layer ran an operation; an optimizer has a name as well."""
    return bool(record.layer) and not hasattr(record.layer[0], "apply_gradients")


def in_model(function: str) -> bool:
    """Whether the name of a function says that it is a model, or a part of one."""
    return any(word in function.lower() for word in _MODEL_WORDS)


def _phase(record: Record, has_layers: bool, seen_layer: bool, frames: Any, tapes: set[str]) -> Phase:
    """What the operation itself tells; `settle` goes on from there. `tapes` are functions that ask for gradients."""
    if record.phase:
        return record.phase  # type: ignore[return-value]
    if record.in_loss:
        return "loss"
    if record.layer:
        return "forward"
    if has_layers:
        called = frames[0].statement.split("=")[0].lower() if frames else ""  # a penalty may come before the model
        return "loss" if seen_layer or any(word in called for word in _LOSS_WORDS) else "forward"
    for frame in frames:
        words = frame.function.lower() + " " + frame.statement.split("=")[0].lower()
        if any(word in words for word in _LOSS_WORDS):
            return "loss"
        if in_model(frame.function):
            break  # the loss calls the model
        if frame.function in tapes:
            break  # what calls the whole step and takes its loss says nothing of what is in it
    return "forward"


def _layer_path(layers: Any) -> str | None:
    if not layers:
        return None
    names = [n for layer in layers if (n := getattr(layer, "name", None)) is not None]
    kept = [n for i, n in enumerate(names) if i == 0 or n != names[i - 1]]
    return "/".join(kept) or None


def _attributes(attrs: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    try:
        flat = list(attrs or ())
        for key, value in zip(flat[::2], flat[1::2], strict=False):
            name = key.decode() if isinstance(key, bytes) else str(key)
            result[name] = value
    except Exception:
        pass
    return result


def to_array(tensor: Any) -> Array | None:
    """The NumPy array of an eager tensor; None for resources, variants and strings."""
    try:
        if tensor is None or tensor.dtype in (tf.resource, tf.variant, tf.string):
            return None
        with paused():
            return np.asarray(tensor.numpy())
    except Exception:
        return None


def _executor(tracer: Tracer, tensors: dict[int, Any]) -> Callable[[Op, dict[int, Array]], list[Array]]:
    raw = {r.index: r for r in tracer.records}

    def execute(op: Op, replaced: dict[int, Array]) -> list[Array]:
        """Run an operation again with some inputs (by position) replaced; the dtype attributes follow the arrays."""
        record = raw[op.index]
        with paused(), tf.device("CPU:0"):
            inputs = [tf.constant(replaced[i]) if i in replaced else tensor for i, tensor in enumerate(record.inputs)]
            attrs = list(record.attrs or ())
            kinds = {tensors_i.dtype: new.dtype for tensors_i, new in zip(record.inputs, inputs, strict=True)
                     if hasattr(tensors_i, "dtype") and hasattr(new, "dtype") and tensors_i.dtype != new.dtype}  # fmt: skip
            for i in range(1, len(attrs), 2):
                if kinds and isinstance(attrs[i], int) and not isinstance(attrs[i], bool):
                    for old, new in kinds.items():
                        if attrs[i] == old.as_datatype_enum and str(attrs[i - 1]).strip("b'").startswith("T"):
                            attrs[i] = new.as_datatype_enum
                            break
            context.context().ensure_initialized()
            outputs = pywrap_tfe.TFE_Py_Execute(
                context.context()._handle, None, op.type, inputs, tuple(attrs), len(record.outputs)
            )
            return [np.asarray(o.numpy()) for o in outputs]

    return execute


def _forward_ids(forward: Forward) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    name, inputs, outputs = forward
    return name.decode() if isinstance(name, bytes) else name, _ids(inputs), _ids(outputs)


def _ids(tensors: Any) -> tuple[int, ...]:
    return tuple(t._id for t in tensors or () if hasattr(t, "_id"))
