"""Guards proved by running them: finite where the source is not, and the same everywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from remedies.small import evidence_of, patched

INF = float("inf")
# remedy, source of f, the guilty expression, arguments where f or its derivative fails, arguments where all is well
CASES = [
    ("safe_atan2", "return tf.atan2(a, b)", "tf.atan2(a, b)", ([0.0, 1.0], [0.0, 2.0]), ([1.0, -3.0], [-2.0, 0.0])),
    ("safe_atan2", "return tf.atan2(tf.sin(a), tf.tanh(b))", "tf.atan2(tf.sin(a), tf.tanh(b))",
     ([0.0], [0.0]), ([1.0, -2.0], [-2.0, 0.0])),
    ("safe_atan2", "return tf.math.angle(tf.complex(a, b))", "tf.math.angle(tf.complex(a, b))",
     ([0.0], [0.0]), ([1.0, -2.0], [-2.0, 0.0])),
    ("finite_mask", "return tf.nn.softmax(tf.where(b > 0, a, -np.inf))", "tf.nn.softmax(tf.where(b > 0, a, -np.inf))",
     ([1.0, 2.0], [0.0, 0.0]), ([1.0, 2.0, 3.0], [1.0, 0.0, 1.0])),
    ("mean_nonempty", "return tf.reduce_mean(tf.boolean_mask(a, b > 0))", "tf.reduce_mean(tf.boolean_mask(a, b > 0))",
     ([1.0, 2.0], [0.0, 0.0]), ([1.0, 2.0, 5.0], [0.0, 1.0, 1.0])),
    ("safe_divide", "return tf.reduce_mean(tf.boolean_mask(a, b > 0))", "tf.reduce_mean(tf.boolean_mask(a, b > 0))",
     ([1.0, 2.0], [0.0, 0.0]), ([1.0, 2.0, 5.0], [0.0, 1.0, 1.0])),
    ("safe_divide", "return a / tf.norm(a) + b", "a / tf.norm(a)", ([0.0, 0.0], [1.0, 1.0]), ([3.0, 4.0], [1.0, 2.0])),
    ("clip_degree", "return b * tf.math.rsqrt(tf.abs(a))", "tf.math.rsqrt(tf.abs(a))", ([0.0], [0.0]), ([0.5, 9.0], [1.0, 2.0])),
    ("clip_degree", "return b * a ** -0.5", "a ** -0.5", ([0.0], [0.0]), ([0.5, 9.0], [1.0, 2.0])),
    ("safe_pow", "return b * a ** -0.5 + tf.pow(a, 0.5)", "a ** -0.5", ([-1.0], [1.0]), ([0.5, 9.0], [1.0, 2.0])),
    ("clip_domain", "return tf.acos(a) ** 2 + b * tf.acos(a)", "tf.acos(a)", ([1.0], [1.0]), ([0.5, -0.9], [1.0, 2.0])),
    ("ctc_lengths", "return b * ctc_loss(a)", "ctc_loss(a)", ([5.0], [1.0]), ([0.5, 1.0], [1.0, 2.0])),
]  # fmt: skip


def ctc_loss(a: Any) -> Any:
    """Stands in for a loss that is infinite for some samples."""
    return tf.where(a > 3.0, INF, a * a)


def results(source: str, a: list[float], b: list[float]) -> list[Any]:
    """The value of f and its derivatives."""
    names: dict[str, Any] = {"ctc_loss": ctc_loss}
    exec(source, names)
    first, second = tf.constant(a), tf.constant(b)
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        value = names["f"](first, second)
    found = tape.gradient(value, [first, second], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [np.asarray(v) for v in (value, *found)]


@pytest.mark.parametrize(("slug", "body", "at", "singular", "regular"), CASES)
def test_guards_change_nothing_but_the_singular_point(
    slug: str, body: str, at: str, singular: tuple[Any, Any], regular: tuple[Any, Any], tmp_path: Path
) -> None:
    evidence = evidence_of(f"def f(a, b):\n    {body}\n", at)
    before, after = evidence.sources["train.py"], patched(slug, evidence, tmp_path)[0]
    assert not all(np.isfinite(v).all() for v in results(before, *singular))
    assert all(np.isfinite(v).all() for v in results(after, *singular))
    for old, new in zip(results(before, *regular), results(after, *regular), strict=True):
        np.testing.assert_allclose(new, old, rtol=1e-6)


def test_ragged_rows_without_a_word_have_mean_zero(tmp_path: Path) -> None:
    body = "def f(a, b):\n    return tf.reduce_mean(a, axis=1)\n"
    evidence = evidence_of(body, "tf.reduce_mean(a, axis=1)")
    (text,) = patched("mean_nonempty", evidence, tmp_path)
    names: dict[str, Any] = {}
    exec(text, names)
    ragged = tf.RaggedTensor.from_row_lengths([[1.0, 2.0], [3.0, 6.0]], [2, 0])
    assert names["f"](ragged, None).numpy().tolist() == [[2.0, 4.0], [0.0, 0.0]]


def test_two_calls_in_one_line_get_names_of_their_own(tmp_path: Path) -> None:
    body = "def f(a, b):\n    return tf.reduce_mean(a[a > 1]) + tf.reduce_mean(tf.exp(a)) + tf.reduce_mean(tf.exp(b))\n"
    evidence = evidence_of(body, "return")
    (text,) = patched("mean_nonempty", evidence, tmp_path)
    assert "    chosen = tf.exp(a)\n" in text
    assert "    chosen_ = tf.exp(b)\n" in text
    assert "tf.reduce_sum(a[a > 1])" in text


def test_the_logarithm_of_a_determinant(tmp_path: Path) -> None:
    source = "loss = 0.5 * tf.math.log(tf.linalg.det(s))\n"
    (text,) = patched("log_determinant", evidence_of(source, "tf.math.log(tf.linalg.det(s))"), tmp_path)
    assert "loss = 0.5 * tf.linalg.slogdet(s)[1]" in text


def test_the_variable_of_a_condition_is_set_aside_in_the_guilty_branch(tmp_path: Path) -> None:
    source = """
    def f(p):
        near = tf.abs(p - 0.5) < 0.01
        series = tf.math.log(2.0) + p
        exact = tf.math.log(tf.atanh(p) / p)
        return tf.where(near, series, exact)
    """
    texts = patched("double_where", evidence_of(source, "tf.atanh(p) / p"), tmp_path)
    assert all("series = tf.math.log(2.0) + p" in text for text in texts)
    assert "tf.atanh(tf.where(near, 0.25, p)) / tf.where(near, 0.25, p)" in texts[-1]
