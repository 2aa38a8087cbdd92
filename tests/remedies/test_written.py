"""Remedies that change settings, data and weights: what is written, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remedies.small import evidence_of, patched
from whynan.case.nouns import ArrayFacts, Cause, Origin
from whynan.remedies import remedies

RATES = [
    ('C = {"lr": 0.5}\n', 'C["lr"]', '{"lr": 0.05}'),
    ("C = dict(lr=0.5)\n", 'C["lr"]', "dict(lr=0.05)"),
    ("a, RATE = 1, 0.5\n", "RATE", "a, RATE = 1, 0.05"),
    ("RATE: float = 0.5\n", "RATE", "RATE: float = 0.05"),
    ("class C:\n    lr = 0.5\n", "C.lr", "    lr = 0.05"),
    ("class C:\n    def __init__(self, rate=0.5):\n        self.lr = rate\nc = C()\n", "c.lr", "rate=0.05"),
    ('p.add_argument("--lr", default=0.5)\n', "args.lr", "default=0.05"),
]


@pytest.mark.parametrize(("setting", "used", "wanted"), RATES)
def test_the_number_behind_a_setting_changes(setting: str, used: str, wanted: str, tmp_path: Path) -> None:
    evidence = evidence_of(f"{setting}opt = keras.optimizers.SGD({used})\n")
    assert wanted in patched("lower_rate", evidence, tmp_path)[0]


def test_a_rate_that_is_an_argument_changes_where_it_is_given(tmp_path: Path) -> None:
    source = """
        guess = tf.Variable(1.0)
        def step(x, rate):
            with tf.GradientTape() as tape:
                loss = tf.square(guess - x)
            grad = tape.gradient(loss, guess)
            guess.assign_sub(rate * grad)
        step(x, 0.5)
        other(x, 0.5)
        """
    assert "step(x, 0.05)\nother(x, 0.5)\n" in patched("lower_rate", evidence_of(source), tmp_path)[0]
    (text,) = patched("clip_gradients", evidence_of(source), tmp_path)
    assert "tf.clip_by_norm(tape.gradient(loss, guess), 1.0)" in text


def test_an_optimizer_made_anew_with_a_growing_rate_gets_a_cap(tmp_path: Path) -> None:
    source = """
        rate = 0.1
        for stage in range(3):
            model.compile(keras.optimizers.SGD(rate), "mse")
            model.fit(x, y)
            rate *= 10
        """
    first = patched("lower_rate", evidence_of(source, learning_rate=10.0), tmp_path)[0]
    assert "keras.optimizers.SGD(min(rate, 1e-01))" in first
    steady = evidence_of(source.replace("rate *= 10", "print(rate)"), learning_rate=0.1)
    assert "rate = 0.01\n" in patched("lower_rate", steady, tmp_path)[0]


def test_a_key_of_another_setting_is_left_alone(tmp_path: Path) -> None:
    assert (
        patched("lower_rate", evidence_of('C = {"momentum": 0.5}\nopt = keras.optimizers.SGD(C["lr"])\n'), tmp_path)
        == []
    )


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("self.model.optimizer.learning_rate = rate * 2", "min(rate * 2, 1e-01)"),
        ("opt.learning_rate.assign(rate * 2)", "assign(min(rate * 2, 1e-01))"),
        ("keras.backend.set_value(model.optimizer.lr, rate)", "min(rate, 1e-01)"),
    ],
)
def test_a_rate_that_grows_while_training_gets_a_cap(statement: str, wanted: str, tmp_path: Path) -> None:
    source = f"model.compile(keras.optimizers.SGD(0.1))\ndef on_batch_end(self, rate):\n    {statement}\n"
    assert wanted in patched("lower_rate", evidence_of(source, learning_rate=10.0), tmp_path)[0]
    assert "keras.optimizers.SGD(0.01)" in patched("lower_rate", evidence_of(source), tmp_path)[0]


def test_a_penalty_by_hand_shrinks_and_other_products_stay(tmp_path: Path) -> None:
    source = """
        LAMBDA, SCALE = 2000.0, 3.0
        def cost(w, e):
            data = SCALE * tf.reduce_sum(e)
            return data + LAMBDA * tf.nn.l2_loss(w)
        """
    first, second = patched("smaller_penalty", evidence_of(source, "LAMBDA * tf.nn.l2_loss(w)"), tmp_path)
    assert "LAMBDA, SCALE = 20, 3.0" in first
    assert "LAMBDA, SCALE = 0.2, 3.0" in second


@pytest.mark.parametrize(
    ("cause", "low", "wanted"),
    [
        ("label_on_boundary", -1.0, "np.clip(y, -1.0 + 1e-3, 1.0 - 1e-3)"),
        ("label_on_boundary", 0.0, "np.clip(y, 1e-3, 1.0 - 1e-3)"),
        ("label_not_in_unit_interval", -1.0, "(y - -1) / 2"),
    ],
)
def test_targets_stay_in_the_domain_that_they_fill(cause: str, low: float, wanted: str) -> None:
    facts = ArrayFacts("fit y", (90, 2), "float32", low=low, high=1.0)
    evidence = evidence_of("model.fit(x, y)\n", data=(facts,))
    (patch,) = remedies()["bound_labels"].patches(evidence, Cause(cause, "data", 0.9, ""))
    assert wanted in patch.sources["train.py"]


def test_loaded_weights_become_finite(tmp_path: Path) -> None:
    source = "old.load_weights(a)\nmodel.load_weights(b)  # resumed\nmodel.fit(x, y)\n"
    zeros, left_out = patched("reload_weights", evidence_of(source, "model.load_weights(b)"), tmp_path)
    assert (
        "# resumed\nmodel.set_weights([np.nan_to_num(w, posinf=0.0, neginf=0.0) for w in model.get_weights()])\n"
        in zeros
    )
    assert "old.set_weights" not in zeros
    assert "old.load_weights(a)\npass  # resumed\n" in left_out


def test_arrays_that_become_weights_are_made_finite(tmp_path: Path) -> None:
    source = "e = keras.layers.Embedding(9, 4, embeddings_initializer=keras.initializers.Constant(m))\nb = keras.initializers.Constant(0.1)\n"
    (text,) = patched("reload_weights", evidence_of(source), tmp_path)
    assert "Constant(np.nan_to_num(m, posinf=0.0, neginf=0.0))" in text
    assert "Constant(0.1)" in text


def test_samples_of_padding_only_go(tmp_path: Path) -> None:
    source = """
        model = keras.Sequential([keras.layers.Embedding(9, 4, mask_zero=True)])
        model.fit(x, y, sample_weight=w)
        """
    (text,) = patched("drop_empty_rows", evidence_of(source), tmp_path)
    assert "x, y, w = x[keep], y[keep], w[keep]" in text
    line = next(t for t in text.split("\n") if t.startswith("keep ="))
    names: dict[str, Any] = {"np": np, "x": np.array([[0, 0], [3, 0], [0, 1]])}
    exec(line, names)
    assert names["keep"].tolist() == [False, True, True]
    assert patched("drop_empty_rows", evidence_of(source.replace(", mask_zero=True", "")), tmp_path) == []


def test_masks_of_half_precision_get_a_number_that_fits(tmp_path: Path) -> None:
    source = 'NEVER = float("-inf")\ndef f(s, m):\n    return tf.nn.softmax(tf.where(m, s, NEVER))\n'
    evidence = evidence_of(source, "tf.nn.softmax(tf.where(m, s, NEVER))")
    assert "NEVER = -1e9\n" in patched("finite_mask", evidence, tmp_path)[0]
    assert isinstance(evidence.origin, Origin)
    evidence.origin.dtype = "float16"
    assert "NEVER = -1e4\n" in patched("finite_mask", evidence, tmp_path)[0]


def test_empty_groups_get_a_zero(tmp_path: Path) -> None:
    source = """
        def spread(h, i, n):
            return tf.math.unsorted_segment_max(h, i, n) - tf.math.unsorted_segment_min(h, i, n)
    """
    (text,) = patched("fill_empty_groups", evidence_of(source, "tf.math.unsorted_segment_max(h, i, n)"), tmp_path)
    names: dict[str, Any] = {"tf": pytest.importorskip("tensorflow")}
    exec(text[text.index("def spread") :], names)
    assert names["spread"]([1.0, 4.0, 2.0], [0, 0, 2], 3).numpy().tolist() == [3.0, 0.0, 0.0]


def test_a_diagonal_gets_a_small_number_and_a_larger_one(tmp_path: Path) -> None:
    source = "def factor(k):\n    return tf.linalg.cholesky(k)\n"
    small, large = patched("jitter", evidence_of(source, "tf.linalg.cholesky(k)"), tmp_path)
    assert "cholesky(k + 1e-5 * tf.eye(tf.shape(k)[-1], dtype=k.dtype))" in small
    assert "cholesky(k + 1e-3 * tf.eye(" in large


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("tf.atanh(x)", "tf.clip_by_value(x, -1.0 + 1e-6, 1.0 - 1e-6)"),
        ("tf.acosh(x)", "tf.maximum(x, 1.0 + 1e-6)"),
        ("tf.math.ndtri(x)", "tf.clip_by_value(x, 1e-6, 1.0 - 1e-6)"),
        ("tf.math.igammac(x, y)", "tf.maximum(x, 1e-6)"),
    ],
)
def test_arguments_stay_inside_of_the_domain(call: str, wanted: str, tmp_path: Path) -> None:
    evidence = evidence_of(f"def f(x, y):\n    return {call}\n", call)
    assert wanted in patched("clip_domain", evidence, tmp_path)[0]


def test_means_of_numpy_lists_are_guarded(tmp_path: Path) -> None:
    evidence = evidence_of("m = np.mean(parts, axis=0)\n", "np.mean(parts, axis=0)")
    assert "m = (np.mean(parts, axis=0) if np.size(parts) else 0.0)" in patched("mean_nonempty", evidence, tmp_path)[0]


def test_every_normalisation_in_a_function_uses_the_library(tmp_path: Path) -> None:
    source = """
        def iterate(u, w):
            v = u / tf.norm(u)
            v = v / tf.norm(v, axis=1, keepdims=True)
            return u / tf.norm(v), v / tf.norm(v, axis=1)
        """
    text = patched("l2_normalize", evidence_of(source, "u / tf.norm(u)"), tmp_path)[0]
    assert "v = tf.math.l2_normalize(u)\n    v = tf.math.l2_normalize(v, axis=1)\n" in text
    assert "return u / tf.norm(v), v / tf.norm(v, axis=1)" in text


def test_rows_go_before_a_layer_adapts_to_them(tmp_path: Path) -> None:
    evidence = evidence_of("x = load()\ny = x[:, 0]\nnorm.adapt(x)\nmodel.fit(x, y)\n")
    (text,) = patched("drop_bad_rows", evidence, tmp_path)
    assert "x, y = x[keep], y[keep]\nnorm.adapt(x)\n" in text
    assert "x = np.where(np.isfinite(x), x, 0.0)\nnorm.adapt(x)\n" in patched("impute", evidence, tmp_path)[0]
    late = evidence_of("x = load()\nnorm.adapt(x)\ny = x[:, 0]\nmodel.fit(x, y)\n")
    assert "x, y = x[keep], y[keep]\nmodel.fit(x, y)\n" in patched("drop_bad_rows", late, tmp_path)[0]


def test_rows_go_before_the_folds_are_made(tmp_path: Path) -> None:
    source = (
        "for train, test in folds.split(x):\n    model.fit(x[train], y[train])\n    model.evaluate(x[test], y[test])\n"
    )
    (text,) = patched("drop_bad_rows", evidence_of(source), tmp_path)
    assert "x, y = x[keep], y[keep]\nfor train, test in folds.split(x):\n    model.fit(x[train], y[train])\n" in text
    known = evidence_of(source.replace("folds.split(x)", "folds"))
    assert (
        "x_data, y_data = x_data[keep], y_data[keep]\n    model.fit(x_data, y_data)"
        in patched("drop_bad_rows", known, tmp_path)[0]
    )


def test_rows_out_of_all_scale_are_left_out(tmp_path: Path) -> None:
    far = ArrayFacts("fit x", (400, 3), "float32", low=-3.0, high=1e30, outliers=[7], outlier_count=1, usual=3.0)
    evidence = evidence_of("model.fit(x, y)\n", data=(far,))
    patch = remedies()["drop_bad_rows"].patches(evidence, Cause("unscaled_input", "data", 0.5, ""))[0]
    assert (
        "keep = (np.abs(x) < 30).all(axis=tuple(range(1, np.ndim(x))))\nx, y = x[keep], y[keep]\n"
        in (patch.sources["train.py"])
    )
    assert "np.abs(y)" not in patch.sources["train.py"]
