"""Remedies for arithmetic that a script does by itself: scales, updates, averages, divergences and distances."""

from __future__ import annotations

from pathlib import Path

import pytest

from remedies.small import evidence_of, patched
from whynan.case.nouns import ArrayFacts

STEP = """
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(net(x)) * SCALE
grads = tape.gradient(loss, net.trainable_variables)
{divided}
optimizer.apply_gradients(zip(grads, net.trainable_variables))
"""


def test_a_scale_that_stays_in_the_gradients(tmp_path: Path) -> None:
    (text,) = patched("unscale_gradients", evidence_of(STEP.format(divided="")), tmp_path)
    assert "grads = [g if g is None else g / SCALE for g in tape.gradient(loss, net.trainable_variables)]" in text
    divided = STEP.format(divided="grads = [g / SCALE for g in grads]")
    assert patched("unscale_gradients", evidence_of(divided), tmp_path) == []


@pytest.mark.parametrize("applies", ["sgd", "scaler"])
def test_the_optimizer_that_scales_applies(applies: str, tmp_path: Path) -> None:
    source = f"""
    scaler = keras.optimizers.LossScaleOptimizer(sgd)
    loss = scaler.scale_loss(error)
    {applies}.apply(grads, weights)
    """
    found = patched("unscale_gradients", evidence_of(source), tmp_path)
    assert ["scaler.apply(grads, weights)" in text for text in found] == ([True] if applies == "sgd" else [])


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (
            "-0.5 * tf.reduce_sum(1.0 + lv - tf.square(mu) + tf.exp(lv), axis=1)",
            "-0.5 * tf.reduce_sum(1.0 + lv - tf.square(mu) - tf.exp(lv), axis=1)",
        ),
        ("0.5 * (tf.exp(lv) - mu**2 - 1 - lv)", "0.5 * (tf.exp(lv) + mu**2 - 1 - lv)"),
        ("-0.5 * tf.reduce_sum(1.0 + lv - tf.square(mu) - tf.exp(lv), axis=1)", None),
    ],
)
def test_the_terms_of_a_divergence_have_their_signs(written: str, wanted: str | None, tmp_path: Path) -> None:
    found = patched("flip_sign", evidence_of(f"def kl(mu, lv):\n    return {written}\n"), tmp_path)
    assert (f"return {wanted}" in found[0]) if wanted else found == []


@pytest.mark.parametrize(
    ("lines", "pair"),
    [
        ("return aa + bb - 2.0 * tf.matmul(a, b, transpose_b=True)", "a[..., :, None, :] - b[..., None, :, :]"),
        ("return -2 * (a @ tf.transpose(b)) + aa + bb", "a[..., :, None, :] - b[..., None, :, :]"),
        (
            "dots = tf.matmul(a, b, transpose_b=True)\n    return aa - 2.0 * dots + bb",
            "a[..., :, None, :] - b[..., None, :, :]",
        ),
        ("return aa + bb - tf.matmul(a, b, transpose_b=True)", None),
        ("return aa - bb - 2.0 * tf.matmul(a, b, transpose_b=True)", None),
        ("return aa + bb - 2.0 * tf.matmul(a, b)", None),
    ],
)
def test_expanded_squares(lines: str, pair: str | None, tmp_path: Path) -> None:
    found = patched("exact_distances", evidence_of(f"def pairs(a, b, aa, bb):\n    {lines}\n"), tmp_path)
    assert [f"return tf.reduce_sum(tf.square({pair}), axis=-1)" in text for text in found] == [True] * bool(pair)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("t.assign_sub((1.0 - decay) * (s - t))", "t.assign_add((1.0 - decay) * (s - t))"),
        ("t.assign_add(rate * (t - s))", "t.assign_sub(rate * (t - s))"),
        (
            "t.assign(tau * t + (1.0 - tau) * s)",
            "t.assign(tf.clip_by_value(tau, 0.0, 1.0) * t + (1.0 - tf.clip_by_value(tau, 0.0, 1.0)) * s)",
        ),
        ("t.assign((1 + TAU) * t + TAU * s)", "t.assign((1.0 - TAU) * t + TAU * s)"),
        ("t.assign(TAU * s + 0.99 * t)", "t.assign((1.0 - 0.99) * s + 0.99 * t)"),
        (
            "b.set_weights([(1 + TAU) * v + TAU * w for w, v in zip(a.get_weights(), b.get_weights())])",
            "b.set_weights([(1.0 - TAU) * v + TAU * w for w, v in zip(a.get_weights(), b.get_weights())])",
        ),
        (
            "a = [0.9 * v + w for v, w in zip(a, now)]; m.set_weights(a)",
            "a = [0.9 * v + (1.0 - 0.9) * w for v, w in zip(a, now)]; m.set_weights(a)",
        ),
        ("a = [0.9 * v + g for v, g in zip(a, gradients)]", None),
        ("v.assign(0.9 * v + g)", None),
        ("t.assign((1 - TAU) * t + TAU * s)", None),
        ("t.assign_sub((1.0 - decay) * (t - s))", None),
        ("t.assign(0.99 * t + (1.0 - 0.99) * s)", None),
        ("w.assign_sub(rate * g)", None),
    ],
)
def test_averages_come_nearer(written: str, wanted: str | None, tmp_path: Path) -> None:
    source = f"TAU = 0.05\nfor s, t in zip(student.weights, teacher.weights):\n    {written}\n"
    found = patched("steady_average", evidence_of(source), tmp_path)
    assert [f"    {wanted}\n" in text for text in found] == [True] * bool(wanted)


def test_shares_that_are_given_in_per_cent(tmp_path: Path) -> None:
    shares = ArrayFacts("fit y", (90, 1), "float32", low=0.02, high=93.0, mean=2.1, std=12.0)
    evidence = evidence_of("x, y = load()\nmodel.fit(x, y)\n", data=(shares,))
    assert "y = np.where(y > 1, y / 100, y)\nmodel.fit" in patched("bound_labels", evidence, tmp_path)[0]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("x = volts[k : k + 32]\n    x *= 1000.0", "x = x * 1000.0"),
        ("x = volts[k]\n    x /= a + b", "x = x / (a + b)"),
        ("x = volts[k].copy()\n    x *= 1000.0", None),
        ("x = volts[k]\n    x -= m\n    x /= s", "x = x - m\n    x = x / s"),
        ("total = 0.0\n    total += volts[k]", None),
        ("n = sizes[k]\n    n += 1", None),
    ],
)
def test_data_stay_as_they_were(lines: str, wanted: str | None, tmp_path: Path) -> None:
    found = patched("no_in_place", evidence_of(f"for k in range(9):\n    {lines}\n    step(x)\n"), tmp_path)
    assert [f"    {wanted}\n" in text for text in found] == [True] * bool(wanted)
