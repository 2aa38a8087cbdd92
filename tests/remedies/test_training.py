"""Which training a remedy changes, where a source trains more than once, or from a data set."""

from pathlib import Path

from remedies.small import evidence_of, patched
from whynan.case.nouns import ArrayFacts, Span

TWICE = """
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    model.fit(x, y)
    model.compile(keras.optimizers.SGD(5.0), "mse")
    model.fit(x, y, epochs=2)
"""


def test_only_the_rate_of_the_failing_fit_is_lowered(tmp_path: Path) -> None:
    evidence = evidence_of(TWICE)
    evidence.fit_span = Span("train.py", 8, 8, (0, 24), "model.fit(x, y, epochs=2)")
    for text in patched("lower_rate", evidence, tmp_path):
        assert "Adam(1e-3)" in text
        assert "SGD(5.0)" not in text


def test_a_rate_that_the_source_does_not_show_is_set_above_fit(tmp_path: Path) -> None:
    evidence = evidence_of("    model.compile(make(config), 'mse')\n    model.fit(x, y)", learning_rate=0.5)
    evidence.fit_span = Span("train.py", 5, 5, (0, 15), "model.fit(x, y)")
    first, *_ = patched("lower_rate", evidence, tmp_path)
    assert "model.optimizer.learning_rate = 0.05\nmodel.fit(x, y)" in first


def test_a_schedule_that_grows_is_kept_from_growing(tmp_path: Path) -> None:
    source = (
        "rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, decay_rate=1.5)\nopt = keras.optimizers.SGD(rate)"
    )
    (text,) = patched("lower_rate", evidence_of(source), tmp_path)
    assert "decay_rate=1.0" in text


def test_a_data_set_is_scaled_in_a_last_map(tmp_path: Path) -> None:
    batch = ArrayFacts("x", (8, 3), "float32", low=0.0, high=255.0, mean=100.0, std=50.0, role="batch")
    evidence = evidence_of("model.fit(ds, epochs=2)", data=(batch,))
    evidence.fit_span = Span("train.py", 4, 4, (0, 23), "model.fit(ds, epochs=2)")
    (text,) = patched("standardise_inputs", evidence, tmp_path)
    assert "model.fit(ds.map(lambda x, *rest: ((tf.cast(x, tf.float32) - 100) / 50, *rest)), epochs=2)" in text


def test_of_several_optimizers_that_of_the_failure_is_changed(tmp_path: Path) -> None:
    source = """
    options = dict(rate=0.05, slow=1e-3)
    gan.compile(keras.optimizers.Adam(options["slow"]), keras.optimizers.SGD(options["rate"]))
    """
    evidence = evidence_of(source, optimizer="SGD", learning_rate=0.05)
    for text in patched("lower_rate", evidence, tmp_path):
        assert "slow=1e-3" in text
        assert "rate=0.05" not in text
    (text,) = patched("clip_gradients", evidence, tmp_path)
    assert 'SGD(options["rate"], global_clipnorm=1.0)' in text


def test_settings_that_a_call_unpacks_are_overridden(tmp_path: Path) -> None:
    evidence = evidence_of("opt = keras.optimizers.SGD(**settings)", optimizer="SGD", learning_rate=5.0)
    text, *_ = patched("lower_rate", evidence, tmp_path)
    assert 'SGD(**{**settings, "learning_rate": 0.5})' in text or 'SGD(**{**settings, "learning_rate": 0.05})' in text


def test_a_number_is_followed_through_arguments_and_settings(tmp_path: Path) -> None:
    source = """
    settings = {"strength": 400.0}
    def penalty(w, strength):
        return 0.5 * strength * tf.reduce_sum(tf.square(w))
    loss = penalty(w, settings["strength"])
    """
    evidence = evidence_of(source, at="0.5 * strength * tf.reduce_sum(tf.square(w))")
    text, *_ = patched("smaller_penalty", evidence, tmp_path)
    assert '{"strength": 4}' in text
    assert "0.5 * strength" in text


def test_a_mean_given_for_a_spread_is_a_wide_initialiser(tmp_path: Path) -> None:
    from whynan.case.nouns import LayerFacts

    start = ArrayFacts("kernel", (256, 256), "float32", mean=0.5, std=0.05)
    evidence = evidence_of(
        "init = keras.initializers.RandomNormal(0.5)", layers=[LayerFacts("a", "Dense", initial=[start])]
    )
    (text,) = patched("better_initializer", evidence, tmp_path)
    assert "keras.initializers.GlorotUniform()" in text


DATASET = """
class Batches(keras.utils.PyDataset):
    def __getitem__(self, i):
        x, y = self.x[i], self.y[i]
        return x, y.astype("float32")
model.fit(Batches(data), epochs=2)
"""


def test_batches_of_a_class_are_scaled_and_cleaned_where_it_gives_them_out(tmp_path: Path) -> None:
    batch = ArrayFacts("x", (8, 3), "float32", low=0.0, high=4095.0, mean=2000.0, std=1000.0, role="batch")
    evidence = evidence_of(DATASET, data=(batch,))
    evidence.fit_span = Span("train.py", 9, 9, (0, 34), "model.fit(Batches(data), epochs=2)")
    (text,) = patched("standardise_inputs", evidence, tmp_path)
    assert 'return (x - 2000) / 1000, y.astype("float32")' in text
    (text,) = patched("drop_bad_rows", evidence, tmp_path)
    assert 'x_batch, y_batch = x, y.astype("float32")' in text
    assert "return x_batch[keep], y_batch[keep]" in text


def test_inputs_are_scaled_in_the_model_where_no_data_are_shown(tmp_path: Path) -> None:
    batch = ArrayFacts("x", (8, 2), "float32", low=0.0, high=100.0, role="batch")
    source = "a = keras.Input((2,))\nb = keras.layers.Dense(3)(a)\nmodel = keras.Model(a, b)\n"
    evidence = evidence_of(source, data=(batch,))
    evidence.way = "function"
    (text,) = patched("standardise_inputs", evidence, tmp_path)
    assert "Dense(3)(keras.layers.Rescaling(0.01)(a))" in text
    assert "keras.Model(a, b)" in text
