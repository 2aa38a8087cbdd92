"""Remedies on small sources of different kinds: what is written, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remedies.small import evidence_of, patched
from whynan.case.nouns import ArrayFacts, Cause, LayerFacts, Link, SourceEvent, Span
from whynan.diagnoses import rules
from whynan.remedies import remedies

LABELS = ArrayFacts("fit y", (90,), "int64", low=0.0, high=3.0, mean=1.5, std=1.1, integral=True, distinct=4)
BINARY = ArrayFacts("fit y", (90, 1), "float32", low=0.0, high=1.0, mean=0.4, std=0.5, integral=True, distinct=2)
PRICES = ArrayFacts("fit y", (90, 1), "float32", low=0.9, high=81.5, mean=20.0, std=9.0)


def test_every_remedy_that_a_diagnosis_names_is_there() -> None:
    named = {slug: name for name, module in rules().items() for slug in module.REMEDIES}
    assert named
    assert {slug: name for slug, name in named.items() if slug not in remedies()} == {}


def test_softmax_by_hand_becomes_the_librarys(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        def attend(z):
            e = tf.exp(z)
            return e / tf.reduce_sum(e, axis=-1, keepdims=True)
        """,
        "tf.exp(z)",
    )
    (text,) = patched("stable_softmax", evidence, tmp_path)
    assert "return tf.nn.softmax(z, axis=-1)" in text
    assert "tf.exp" not in text


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("tf.math.log(tf.nn.softmax(z, axis=1))", "tf.nn.log_softmax(z, axis=1)"),
        ("tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))", "tf.reduce_logsumexp(z, axis=1)"),
        ("keras.ops.exp(z) / keras.ops.sum(keras.ops.exp(z), axis=1, keepdims=True)", "keras.ops.softmax(z, axis=1)"),
    ],
)
def test_stable_forms(body: str, wanted: str, tmp_path: Path) -> None:
    (text,) = patched("stable_softmax", evidence_of(f"def f(z):\n    return {body}\n", body), tmp_path)
    assert f"return {wanted}" in text


def test_a_sum_over_other_values_is_no_softmax(tmp_path: Path) -> None:
    body = "tf.exp(z) / tf.reduce_sum(w, axis=1, keepdims=True)"
    assert patched("stable_softmax", evidence_of(f"def f(z, w):\n    return {body}\n", body), tmp_path) == []


def test_scale_in_train_step_is_left_to_the_optimizer(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        class Scaled(keras.Model):
            loss_scale = 2.0 ** 17

            def train_step(self, data):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(self(data))
                    scaled = loss * self.loss_scale
                grads = [g / self.loss_scale for g in tape.gradient(scaled, self.trainable_variables)]
                self.optimizer.apply(grads, self.trainable_variables)

        Scaled().compile("adam", auto_scale_loss=False)
        """
    )
    first, second = patched("dynamic_loss_scale", evidence, tmp_path)
    assert "scaled = self.optimizer.scale_loss(loss)" in first
    assert "[g for g in tape" in first
    assert "auto_scale_loss=True" in first
    assert "loss_scale = 128.0" in second


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("LOSS_SCALE = 2.0**16\nscaled = loss * LOSS_SCALE\ng = g / LOSS_SCALE\n", "LOSS_SCALE = 128.0"),
        (
            "loss_scale = 8.0\nscaled = loss * loss_scale\nloss_scale *= 2\n",
            "loss_scale = min(loss_scale * 2, 2.0**12)",
        ),
        ("o = keras.optimizers.LossScaleOptimizer(sgd, initial_scale=1e30)\n", "initial_scale=2.0**15"),
    ],
)
def test_loss_scales(source: str, wanted: str, tmp_path: Path) -> None:
    assert wanted in patched("dynamic_loss_scale", evidence_of(source), tmp_path)[0]


@pytest.mark.parametrize(
    ("facts", "loss", "activation"),
    [(PRICES, "mean_squared_error", "None"), (BINARY, "binary_crossentropy", '"sigmoid"')],
)
def test_loss_and_output_fit_the_targets(facts: ArrayFacts, loss: str, activation: str, tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        model = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(1, activation="relu")])
        model.compile("adam", loss="categorical_crossentropy")
        model.fit(x, y)
        """,
        data=(facts,),
    )
    (text,) = patched("matching_loss", evidence, tmp_path)
    assert f"Dense(1, activation={activation})" in text
    assert f'loss="{loss}"' in text
    assert "Dense(8)" in text


def test_loss_of_a_loop_fits_the_targets(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        def deviance(mu, target):
            return mu - tf.math.log(target)

        model = keras.Sequential([keras.layers.Dense(1, activation="exponential")])
        loss = deviance(model(x), labels)
        """,
        "tf.math.log(target)",
        data=(BINARY,),
    )
    (text,) = patched("matching_loss", evidence, tmp_path)
    assert "loss = keras.losses.binary_crossentropy(labels, model(x))" in text
    assert 'activation="sigmoid"' in text


def test_one_output_for_each_class(tmp_path: Path) -> None:
    source = """
        CLASSES = 3
        model = keras.Sequential([keras.layers.Dense(16), keras.layers.Dense(CLASSES)])
        hot = tf.one_hot(y, CLASSES)
        model.fit(x, hot)
        """
    (text,) = patched("class_count", evidence_of(source, data=(LABELS,)), tmp_path)
    assert "CLASSES = 4" in text
    (text,) = patched("class_count", evidence_of(source + "centres = np.zeros(CLASSES)", data=(LABELS,)), tmp_path)
    assert "CLASSES = 3" in text
    assert "Dense(CLASSES + 1)" in text
    assert "one_hot(y, CLASSES + 1)" in text


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("0.1 / step", "0.1 / (step + 1)"),
        ("tf.math.rsqrt(step)", "tf.math.rsqrt(step + 1)"),
        ("0.1 * step ** -0.5", "0.1 * (step + 1) ** -0.5"),
        ("(1.0 - step / 10) ** 0.9", "(max(1.0 - step / 10, 0.0)) ** 0.9"),
    ],
)
def test_schedules_stay_finite(body: str, wanted: str, tmp_path: Path) -> None:
    source = f"def rate(step):\n    return {body}\n\nkeras.callbacks.LearningRateScheduler(rate)\n"
    (text,) = patched("fix_schedule", evidence_of(source), tmp_path)
    assert wanted in text


def test_a_schedule_that_counts_from_one_is_left_alone(tmp_path: Path) -> None:
    source = "def rate(step):\n    return 0.1 / (step + 1)\n\nkeras.callbacks.LearningRateScheduler(rate)\n"
    assert patched("fix_schedule", evidence_of(source), tmp_path) == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("-tf.reduce_mean(tf.square(y - p))", "return tf.reduce_mean(tf.square(y - p))"),
        ("tf.reduce_mean(tf.math.log(p))", "return -tf.reduce_mean(tf.math.log(p))"),
        ("0.5 * tf.reduce_sum(1.0 + p - y - tf.exp(p))", "return -0.5 * tf.reduce_sum(1.0 + p - y - tf.exp(p))"),
        ("y - p", "return -(y - p)"),
        ("0.5 * (tf.reduce_mean(y) - tf.reduce_mean(p))", "return 0.5 * (tf.reduce_mean(y) + tf.reduce_mean(p))"),
    ],
)
def test_sign_of_the_loss(body: str, wanted: str, tmp_path: Path) -> None:
    evidence = evidence_of(f"def score(y, p):\n    return {body}\n\nmodel.compile('sgd', loss=score)\n")
    assert wanted in patched("flip_sign", evidence, tmp_path)[0]


def test_the_part_with_the_wrong_sign_goes_first(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        def step(x):
            with tf.GradientTape() as tape:
                kl = 0.5 * tf.reduce_mean(1.0 + lv - tf.square(mu) - tf.exp(lv))
                mse = tf.reduce_mean(tf.square(x))
                loss = mse + kl
            return tape.gradient(loss, w)
        """
    )
    first, *_ = patched("flip_sign", evidence, tmp_path)
    assert "kl = -0.5 *" in first
    assert "loss = mse + kl" in first


MASKS = [
    (
        "def step(x, y):\n    valid = tf.cast(tf.math.is_finite(y), tf.float32)\n    return tf.square(x - y) * valid\n",
        "    y = tf.where(tf.math.is_finite(y), y, tf.zeros_like(y))\n    return tf.square(x - y) * valid",
    ),
    (
        "def step(x, y):\n    return tf.where(tf.math.is_nan(y), 0.0, tf.square(x - y))\n",
        "tf.square(x - tf.where(~tf.math.is_nan(y), y, tf.zeros_like(y)))",
    ),
    ("GAP = float('nan')\ndef step(y):\n    return tf.not_equal(y, GAP)\n", "return ~tf.math.is_nan(y)"),
    ("x[x == np.nan] = 0.0\n", "x[np.isnan(x)] = 0.0"),
    ("m = keras.layers.Masking(mask_value=np.nan)\nmodel.fit(x, y)\n", "x = np.where(np.isnan(x), -3.0, x)"),
    ("model.fit(x, {'a': a}, sample_weight=w)\n", "y_data = {k: np.where(np.isfinite(v), v, 0.0) for k, v in y_data.items()}"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "wanted"), MASKS)
def test_masks_come_before_arithmetic(source: str, wanted: str, tmp_path: Path) -> None:
    facts = ArrayFacts("fit x", (9, 4), "float32", low=-1.5, high=2.0)
    assert wanted in patched("mask_before_arithmetic", evidence_of(source, data=(facts,)), tmp_path)[0]


def test_a_mask_that_already_comes_first_is_left_alone(tmp_path: Path) -> None:
    source = "def step(x, y):\n    y = tf.where(tf.math.is_nan(y), 0.0, y)\n    return tf.square(x - y)\n"
    assert patched("mask_before_arithmetic", evidence_of(source), tmp_path) == []


def test_integer_tensors_are_cast_where_they_are_multiplied(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        def error(size, p):
            area = size[:, 0] * size[:, 1]
            return p - tf.math.log(tf.cast(area, tf.float32))
        """,
        "tf.cast(area, tf.float32)",
    )
    (text,) = patched("cast_before_arithmetic", evidence, tmp_path)
    assert "area = tf.cast(size[:, 0], tf.float32) * tf.cast(size[:, 1], tf.float32)" in text
    evidence.origin = None
    evidence.chain = [Link("Mul", "", "train.py", 6, [], None, inputs=[{"dtype": "int32"}, {"dtype": "int32"}])]
    assert patched("cast_before_arithmetic", evidence, tmp_path) == [text]


@pytest.mark.parametrize(
    ("source", "at", "wanted"),
    [
        (
            "km = np.sqrt(dx * dx + dy * dy)\n",
            "np.sqrt",
            'np.sqrt(dx.astype("float64") * dx + dy.astype("float64") * dy)',
        ),
        ("f = np.cumprod(np.arange(1, 70))\ns = 1.0 / f\n", "1.0 / f", 'np.cumprod(np.arange(1, 70), dtype="float64")'),
    ],
)
def test_numpy_integers_become_floats(source: str, at: str, wanted: str, tmp_path: Path) -> None:
    evidence = evidence_of(source)
    line = next(i for i, t in enumerate(evidence.sources["train.py"].split("\n"), 1) if at in t)
    evidence.events = [SourceEvent("invalid", Span("train.py", line, line, (0, 1), ""))]
    assert wanted in patched("cast_before_arithmetic", evidence, tmp_path)[0]


def test_rows_go_from_weights_and_from_datasets(tmp_path: Path) -> None:
    (text,) = patched("drop_bad_rows", evidence_of("model.fit(x, y, sample_weight=w)\n"), tmp_path)
    assert "x, y, w = x[keep], y[keep], w[keep]" in text
    source = "ds = tf.data.Dataset.from_generator(rows, s).map(f).batch(32)\nmodel.fit(ds)\n"
    (text,) = patched("drop_bad_rows", evidence_of(source), tmp_path)
    assert ".map(f).filter(lambda *row: " in text
    assert "tf.nest.flatten(row)])).batch(32)" in text
    (text,) = patched("drop_bad_rows", evidence_of("model.fit(x, {'a': a, 'b': b})\n"), tmp_path)
    assert "y_data = x[keep], {k: v[keep] for k, v in y_data.items()}" in text


def test_held_out_data_are_scaled_like_those_of_training(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        x, xv, xt = split(everything)
        model.fit(x, y, validation_data=(xv, yv))
        model.evaluate(xt, yt)
        late = load()
        model.predict(late)
        again = x[:5]
        model.predict(again)
        """
    )
    (text,) = patched("standardise_inputs", evidence, tmp_path)
    for name in ("x", "xv", "xt"):
        assert f"{name} = ({name} - x_mean) / x_std\n" in text
    assert text.index("xt = (xt") < text.index("model.fit")
    assert "model.predict((late - x_mean) / x_std)" in text
    assert "model.predict(again)" in text


def test_dicts_and_lists_of_inputs_are_scaled_one_by_one(tmp_path: Path) -> None:
    (text,) = patched("standardise_inputs", evidence_of("model.fit({'a': a, 'b': b}, y)\n"), tmp_path)
    assert "x_data = {k: (v - x_mean[k]) / x_std[k] for k, v in x_data.items()}" in text
    (text,) = patched("standardise_inputs", evidence_of("model.fit([a, b], y)\n"), tmp_path)
    assert "x_data = [(v - m) / s for v, m, s in zip(x_data, x_mean, x_std)]" in text


def test_token_ids_and_class_ids_are_not_scaled(tmp_path: Path) -> None:
    tokens = ArrayFacts("fit x", (90, 7), "int32", low=0.0, high=900.0, integral=True)
    layers = [LayerFacts("embedding", "Embedding")]
    assert (
        patched("standardise_inputs", evidence_of("model.fit(x, y)\n", data=(tokens,), layers=layers), tmp_path) == []
    )
    evidence = evidence_of("model.fit(x, y)\n", data=(LABELS,), loss="sparse_categorical_crossentropy")
    assert patched("standardise_targets", evidence, tmp_path) == []


def test_only_wide_initialisers_are_replaced(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        wide = keras.initializers.RandomNormal(stddev=0.3)
        a = keras.layers.Dense(9, kernel_initializer=wide)
        b = keras.layers.Dense(9, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))
        c = keras.layers.Dense(9, bias_initializer=keras.initializers.Constant(5.0))
        """,
        layers=[LayerFacts("a", "Dense", initial=[ArrayFacts("kernel", (4096, 9), "float32", mean=0.0, std=0.3)])],
    )
    (text,) = patched("better_initializer", evidence, tmp_path)
    assert "wide = keras.initializers.GlorotUniform()" in text
    assert "stddev=0.01" in text
    assert "Constant(5.0)" in text


@pytest.mark.parametrize(
    ("draw", "wanted"),
    [
        ("tf.random.normal([a, b])", "tf.random.normal([a, b], stddev=a ** -0.5)"),
        ("tf.random.normal([a, b], stddev=0.05)", None),
        ("tf.random.uniform([a, b], -1.0, 1.0)", "tf.random.uniform([a, b], -a ** -0.5, a ** -0.5)"),
        ("np.random.randn(a, b)", "np.random.randn(a, b) * a ** -0.5"),
        ("tf.random.normal([a, b]) * 10.0", "tf.random.normal([a, b]) * a ** -0.5"),
    ],
)
def test_drawn_variables(draw: str, wanted: str | None, tmp_path: Path) -> None:
    found = patched("better_initializer", evidence_of(f"w = tf.Variable({draw})\n"), tmp_path)
    assert [f"w = tf.Variable({wanted})" in t for t in found] == ([True] if wanted else [])


def test_a_draw_behind_a_name(tmp_path: Path) -> None:
    source = "def make(a, b):\n    w = np.random.randn(a, b) * 9.0\n    return tf.Variable(w.astype('float32'))\n"
    (text,) = patched("better_initializer", evidence_of(source), tmp_path)
    assert "w = np.random.randn(a, b) * a ** -0.5\n" in text


@pytest.mark.parametrize("std", [30.0, 0.1])
def test_a_computed_factor_where_weights_are_known_to_be_wide(std: float, tmp_path: Path) -> None:
    evidence = evidence_of("w = tf.Variable(tf.random.normal([a, b]) * np.sqrt(a))\n")
    evidence.symptom.step = 0
    evidence.variables = [ArrayFacts("w", (64, 8), "float32", mean=0.0, std=std)]
    (text,) = patched("better_initializer", evidence, tmp_path)
    assert ("normal([a, b]) * a ** -0.5)" in text) == (std > 1)


def test_the_layer_that_overflowed_is_tried_first(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        keras.mixed_precision.set_global_policy("mixed_float16")

        class Prototypes(keras.layers.Layer):
            def __init__(self, classes):
                super().__init__()

            def call(self, x):
                return tf.reduce_sum(x * x)

        model = keras.Sequential([Prototypes(4), keras.layers.Dense(3, name="head")])
        """,
        "tf.reduce_sum(x * x)",
        layers=[
            LayerFacts("m/prototypes", "Prototypes", dtype="float16"),
            LayerFacts("m/head", "Dense", dtype="float16"),
        ],
    )
    assert evidence.origin is not None
    evidence.origin.layer = "functional/prototypes"
    first, second = patched("keep_float32", evidence, tmp_path)
    assert 'super().__init__(dtype="float32")' in first
    assert "mixed_float16" in first
    assert 'set_global_policy("float32")' in second
    evidence.origin.layer = "m/head"
    assert 'Dense(3, name="head", dtype="float32")' in patched("keep_float32", evidence, tmp_path)[0]


def test_the_model_that_trains_is_the_one_that_changes(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        critic = keras.Sequential([keras.layers.Dense(1)])
        net = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])
        helper = keras.layers.Dense(1)
        critic.compile("adam", "mse")
        net.compile("adam", "binary_crossentropy")
        net.fit(x, y)
        """,
        loss="binary_crossentropy",
    )
    (text,) = patched("matching_activation", evidence, tmp_path)
    assert 'keras.layers.Dense(1, activation="sigmoid")])\nhelper' in text
    assert text.count("sigmoid") == 1


def test_logits_reach_the_loss_that_is_compiled(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        inputs = keras.Input((3,))
        out = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dense(4)(inputs))
        net = keras.Model(inputs, out)
        net.compile("adam", keras.losses.BinaryCrossentropy(label_smoothing=0.1))
        net.fit(x, y)
        """
    )
    (text,) = patched("from_logits", evidence, tmp_path)
    assert "keras.losses.BinaryCrossentropy(label_smoothing=0.1, from_logits=True)" in text
    assert "activation=None" in text


def test_numpy_divisions_stay_numpy(tmp_path: Path) -> None:
    evidence = evidence_of('ads["ctr"] = ads["clicks"] / ads["seen"]\n', 'ads["clicks"] / ads["seen"]')
    assert evidence.origin is not None
    evidence.origin.phase = "data"
    first, second = patched("safe_divide", evidence, tmp_path)
    assert 'np.where(ads["seen"] == 0, 0.0, ads["clicks"] / np.where(ads["seen"] == 0, 1.0, ads["seen"]))' in first
    assert '(ads["seen"] + 1e-7)' in second


def test_rows_with_labels_out_of_range_go(tmp_path: Path) -> None:
    layers = [LayerFacts("head", "Dense", units=3)]
    evidence = evidence_of("model.fit(x, y)\n", data=(LABELS,), layers=layers)
    module = remedies()["drop_bad_rows"]
    (patch,) = module.patches(evidence, Cause("label_out_of_range", "data", 0.9, ""))
    assert "keep = (y < 3).all(axis=tuple(range(1, np.ndim(y))))" in patch.sources["train.py"]
    assert remedies()["bound_labels"].patches(evidence, Cause("label_out_of_range", "data", 0.9, "")) == []


def test_an_unknown_loss_asks_for_no_activation(tmp_path: Path) -> None:
    source = "model = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile('sgd', own)\nmodel.fit(x, y)\n"
    assert patched("matching_activation", evidence_of(source, loss="own"), tmp_path) == []


def test_a_probability_is_made_where_no_layer_can_make_it(tmp_path: Path) -> None:
    evidence = evidence_of(
        '''
        def cost(y, p):
            """Cross-entropy."""
            return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
        ''',
        "tf.math.log(p)",
    )
    (text,) = patched("matching_activation", evidence, tmp_path)
    assert '"""Cross-entropy."""\n    p = tf.sigmoid(p)\n' in text


def test_a_training_step_is_no_loss(tmp_path: Path) -> None:
    evidence = evidence_of(
        """
        decoder = keras.Sequential([keras.layers.Dense(4)])

        def train_step(x, target):
            with tf.GradientTape() as tape:
                bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=decoder(x))
            return bce

        loss = train_step(x, target)
        """,
        "decoder(x)",
        data=(PRICES,),
    )
    (text,) = patched("matching_loss", evidence, tmp_path)
    assert "bce = tf.math.squared_difference(target, decoder(x))" in text
    assert "loss = train_step(x, target)" in text


def test_a_number_is_no_class(tmp_path: Path) -> None:
    facts = ArrayFacts("y", (64, 1), "float32", low=1.0, high=11.0, integral=True, distinct=11)
    source = "model = keras.Sequential([keras.layers.Dense(1)])\nmodel.fit(x, y)\n"
    evidence = evidence_of(source, data=(facts,))
    assert patched("fix_label_offset", evidence, tmp_path) == []
    assert patched("class_count", evidence, tmp_path) == []


def test_half_precision_data_get_a_guard_that_they_can_hold(tmp_path: Path) -> None:
    (text,) = patched("standardise_inputs", evidence_of("model.fit(x.astype('float16'), y)\n"), tmp_path)
    assert "x_data.std(axis=0) + 1e-3" in text


def test_parentheses_are_kept_in_numpy_divisions(tmp_path: Path) -> None:
    body = "(a - a.mean()) / (a.max() - a.min())"
    evidence = evidence_of(f"s = {body}\n", body)
    assert evidence.origin is not None
    evidence.origin.phase = "data"
    values: dict[str, Any] = {}
    exec(
        "import numpy as np\na = np.array([1.0, 2.0, 6.0])\n"
        + patched("safe_divide", evidence, tmp_path)[0].split("keras\n")[1],
        values,
    )
    assert values["s"].tolist() == [-0.4, -0.2, 0.6]


def test_an_initializer_of_the_users_own(tmp_path: Path) -> None:
    source = (
        "class Wide(keras.initializers.Initializer): ...\nlayer = keras.layers.Dense(8, kernel_initializer=Wide())\n"
    )
    evidence = evidence_of(source)
    evidence.symptom.step = 0
    evidence.variables = [ArrayFacts("kernel", (64, 8), "float32", mean=0.0, std=11.0)]
    (text,) = patched("better_initializer", evidence, tmp_path)
    assert 'kernel_initializer="glorot_uniform"' in text


@pytest.mark.parametrize(
    "written",
    ['Dense(8, activation="exponential")', "Dense(8, activation=tf.exp)", "Activation(keras.activations.exponential)"],
)
def test_softplus_in_place_of_an_exponential_activation(written: str, tmp_path: Path) -> None:
    layers = [LayerFacts("net/rate", "Dense", activation="exponential"), LayerFacts("net/out", "Dense")]
    evidence = evidence_of(f"layer = keras.layers.{written}\nfit(layer)\n", "fit(layer)", layers=layers)
    assert evidence.origin is not None
    evidence.origin.layer = "net/rate"
    (text,) = patched("softplus_activation", evidence, tmp_path)
    assert text.endswith('"softplus")\nfit(layer)\n')
    assert "exp" not in text
    evidence.origin.layer = "net/out"
    assert patched("softplus_activation", evidence, tmp_path) == []
