"""Facts about the data and the model that diagnoses read: ranges, spreads, activations, initialisers, the optimizer."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow.state import array, optimizers_of, plain
from whynan.case.nouns import Array, ArrayFacts, LayerFacts, ModelFacts, is_float


def array_facts(name: str, value: Any, role: str = "", most: int = 4_000_000) -> ArrayFacts | None:
    """Facts about one array: anything that NumPy can read."""
    try:
        data: Array = array(value) if isinstance(value, (tf.Tensor, tf.Variable)) else np.asarray(value)
    except Exception:
        return None
    facts = ArrayFacts(name=name, shape=tuple(data.shape), dtype=data.dtype.name, role=role)
    if data.size == 0 or not (is_float(data) or data.dtype.kind in "iub"):
        return facts
    if data.size > most and data.ndim:
        data = data[: max(1, most // max(1, data.size // data.shape[0]))]
    wide = data.astype(np.float64)
    bad = ~np.isfinite(wide)
    facts.nan, facts.inf = int(np.isnan(wide).sum()), int(np.isinf(wide).sum())
    if facts.nan or facts.inf:
        if wide.ndim:
            facts.rows = [int(i) for i in np.unique(np.argwhere(bad)[:, 0])[:50]]
        if wide.ndim == 2:
            facts.columns = [int(i) for i in np.unique(np.argwhere(bad)[:, 1])[:50]]
    good = wide[~bad]
    if good.size:
        facts.low, facts.high = float(good.min()), float(good.max())
        with np.errstate(all="ignore"):
            facts.mean, facts.std = float(good.mean()), float(good.std())
        facts.integral = bool((good == np.round(good)).all())
        if facts.integral:
            facts.distinct = int(min(len(np.unique(good[:20_000])), 10_000))
    if wide.ndim == 2 and wide.shape[0] > 1 and not bad.any():
        spread = wide.std(axis=0)
        facts.column_std = (float(spread.min()), float(spread.max()))
        facts.constant_columns = [int(i) for i in np.flatnonzero(np.ptp(wide, axis=0) == 0)[:20]]
    if role == "dataset" and wide.ndim and len(wide) >= MANY:
        _outliers(facts, np.where(bad, 0.0, np.abs(wide)))
    return facts


MANY = 50  # rows, of which a few can be told from the others
FAR = 1e3  # times as large as nearly all others of its column
FEW = 0.02  # of the rows


def _outliers(facts: ArrayFacts, sizes: Array) -> None:
    """The few rows that reach far beyond the others, as placeholders and numbers in another unit do."""
    columns = sizes if sizes.ndim == 2 else sizes.reshape(len(sizes), -1).max(axis=1, keepdims=True)
    usual = np.quantile(columns, 1 - FEW, axis=0)
    far = ((columns > FAR * usual) & (usual > 0)).any(axis=1)
    if not far.any() or columns[far].max() < columns[~far].max():
        return
    facts.outlier_count, facts.outliers = int(far.sum()), [int(i) for i in np.flatnonzero(far)[:50]]
    facts.usual = float(columns[~far].max())


def _activation(layer: Any, name: str = "activation") -> str | None:
    activation = getattr(layer, name, None)
    if activation is None:
        return None
    return getattr(activation, "__name__", None) or getattr(activation, "name", None) or type(activation).__name__


def _config(thing: Any) -> dict[str, Any] | None:
    if thing is None:
        return None
    try:
        config = {k: v for k, v in thing.get_config().items() if isinstance(v, (int, float, str, bool))}
    except Exception:
        config = {}
    return {"class": type(thing).__name__, **config}


def _all_layers(model: Any) -> list[Any]:
    try:
        return list(model._flatten_layers(include_self=False, recursive=True))
    except Exception:
        return list(getattr(model, "layers", ()))


def layer_facts(layer: Any, initial: dict[int, Any]) -> LayerFacts:
    """Facts about one layer; `initial` holds the values that its variables had at the start."""
    regularizers = {}
    for key in ("kernel_regularizer", "bias_regularizer", "activity_regularizer", "recurrent_regularizer",
                "embeddings_regularizer"):  # fmt: skip
        config = _config(getattr(layer, key, None))
        if config:
            regularizers[key] = config
    own = list(getattr(layer, "_trainable_variables", ())) + list(getattr(layer, "_non_trainable_variables", ()))
    weights = [f for v in own if (f := array_facts(v.name, plain(v))) is not None]
    kept = {v.name for v in own if not getattr(v, "trainable", True)}
    for fact in weights:
        fact.trainable = fact.name not in kept
    starts = [
        f for v in own if (t := initial.get(id(plain(v)))) is not None and (f := array_facts(v.name, t)) is not None
    ]
    return LayerFacts(
        path=str(getattr(layer, "path", None) or layer.name),
        type=type(layer).__name__,
        activation=_activation(layer),
        recurrent_activation=_activation(layer, "recurrent_activation"),
        units=getattr(layer, "units", None) if isinstance(getattr(layer, "units", None), int) else None,
        dtype=str(getattr(layer, "compute_dtype", "float32")),
        initializer=_config(
            getattr(layer, "kernel_initializer", None) or getattr(layer, "embeddings_initializer", None)
        ),
        regularizers=regularizers,
        weights=weights,
        initial=starts,
    )


def loss_name(loss: Any) -> str | None:
    if loss is None:
        return None
    if isinstance(loss, str):
        return loss
    if isinstance(loss, dict):
        return ", ".join(filter(None, (loss_name(v) for v in loss.values()))) or None
    if isinstance(loss, (list, tuple)):
        return ", ".join(filter(None, (loss_name(v) for v in loss))) or None
    return (
        getattr(loss, "name", None)
        if not callable(loss) or hasattr(loss, "reduction")
        else getattr(loss, "__name__", None)
    )


def optimizer_facts(optimizer: Any) -> tuple[str, dict[str, Any], float | None]:
    """Class, plain settings and present rate of an optimizer."""
    inner = getattr(optimizer, "inner_optimizer", None) or optimizer
    config = _config(inner) or {}
    for key in ("epsilon", "clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "momentum"):
        value = getattr(inner, key, None)
        if isinstance(value, (int, float)):
            config[key] = float(value)
    try:
        rate: float | None = float(inner.learning_rate)
    except Exception:
        rate = None
    schedule = getattr(inner, "_learning_rate", None)
    if schedule is not None and callable(schedule) and not isinstance(schedule, tf.Variable):
        config["schedule"] = type(schedule).__name__
    if inner is not optimizer:
        config["loss_scale"] = float(array(plain(optimizer.dynamic_scale)))
        config["initial_scale"] = float(getattr(optimizer, "initial_scale", 0.0))
    return type(inner).__name__, config, rate


def model_facts(model: Any, initial: dict[int, Any] | None = None, optimizer: Any = None) -> ModelFacts:
    """Facts about a Keras model and the optimizer that trains it; what cannot be read stays unknown."""
    facts = ModelFacts()
    with contextlib.suppress(Exception):
        optimizer = optimizer or training(model)
        if optimizer is not None:
            facts.optimizer, facts.optimizer_config, facts.learning_rate = optimizer_facts(optimizer)
    if model is None:
        return facts
    try:
        facts.name = model.name
        facts.layers = [layer_facts(layer, initial or {}) for layer in _all_layers(model)]
        loss = getattr(model, "loss", None)
        facts.loss = loss_name(loss)
        logits = getattr(loss, "_fn_kwargs", None) or getattr(loss, "fn_kwargs", None) or {}
        facts.from_logits = logits.get("from_logits") if isinstance(logits, dict) else None
        smoothing = getattr(loss, "label_smoothing", 0.0)
        facts.label_smoothing = float(smoothing) if isinstance(smoothing, (int, float)) else 0.0
        facts.jit_compile = bool(getattr(model, "jit_compile", False))
        facts.run_eagerly = bool(getattr(model, "run_eagerly", False))
        facts.policy = str(getattr(model.dtype_policy, "name", "float32"))
        facts.outputs = [str(n) for n in getattr(model, "output_names", ())]
        shape = getattr(model, "output_shape", None)  # of a subclassed model it is not known
        facts.output_size = shape[-1] if isinstance(shape, tuple) and shape and isinstance(shape[-1], int) else None
    except Exception:
        pass
    return facts


def training(model: Any) -> Any:
    """Of a model's optimizers, the one whose weights are the largest now: before a failure, those that it let grow.

    A model with steps of its own may leave the one that compile makes unused. None where there is none.
    """

    def largest(optimizer: Any) -> float:
        if not getattr(optimizer, "built", True):
            return -1.0
        inner = getattr(optimizer, "inner_optimizer", None) or optimizer
        with contextlib.suppress(Exception):
            weights = [array(plain(v)) for v in inner._trainable_variables]
            return max((float(np.max(np.abs(w))) for w in weights if w.size), default=0.0)
        return 0.0

    found = optimizers_of(model) if model is not None else []
    return max(found, key=largest) if len(found) > 1 else next(iter(found), None)


def batch_parts(args: Any, kwargs: Any = None) -> list[tuple[str, Any]]:
    """The tensors of a batch with a role each: `x`, `y`, `sample_weight`, or the names of a function's arguments."""
    parts: list[tuple[str, Any]] = []

    def add(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                add(f"{name}[{key!r}]", item)
        elif isinstance(value, (list, tuple)):
            for i, item in enumerate(value):
                add(f"{name}[{i}]", item)
        elif isinstance(value, tf.RaggedTensor):
            add(name, value.flat_values)
        elif isinstance(value, tf.SparseTensor):
            add(name, value.values)
        elif isinstance(value, (tf.Tensor, np.ndarray)):
            parts.append((name, value))

    if isinstance(args, tuple) and len(args) == 1 and isinstance(args[0], tuple):
        args = args[0]  # what a data set gives, and what fit hands over: inputs, targets, weights
    if isinstance(args, (tuple, list)):
        names = ("x", "y", "sample_weight")
        for i, value in enumerate(args):
            add(names[i] if i < 3 and len(args) <= 3 else f"args[{i}]", value)
    else:
        add("x", args)
    for key, value in (kwargs or {}).items():
        add(str(key), value)
    return parts
