"""Numbers that are computed, picked or read from somewhere: the patch stands where they are used."""

from pathlib import Path

from remedies.small import evidence_of, patched
from whynan.case.nouns import ArrayFacts, Cause, Span
from whynan.remedies import remedies

FIT = "\nmodel.fit(x, y)\n"


def test_odd_settings_of_the_optimizer_become_the_usual_ones(tmp_path: Path) -> None:
    source = "model.compile(keras.optimizers.Adam(1e-3, beta_1=forget(), epsilon=read('eps')))" + FIT
    evidence = evidence_of(source, optimizer_config={"beta_1": 1.0, "beta_2": 0.999, "epsilon": 0.0})
    (text,) = patched("usual_settings", evidence, tmp_path)
    assert "Adam(1e-3, beta_1=0.9, epsilon=1e-7)" in text


def test_usual_settings_are_left_alone(tmp_path: Path) -> None:
    source = "model.compile(keras.optimizers.Adam(1e-3, epsilon=1e-7))" + FIT
    assert patched("usual_settings", evidence_of(source, optimizer_config={"epsilon": 1e-7}), tmp_path) == []


def test_an_optimizer_picked_from_a_table(tmp_path: Path) -> None:
    source = "KINDS = {'adam': keras.optimizers.Adam}\nopt = KINDS[name](1e-3, **settings)\n"
    (text,) = patched("usual_settings", evidence_of(source, optimizer_config={"epsilon": 0.0}), tmp_path)
    assert '**{**settings, "epsilon": 1e-7}' in text


def test_a_computed_penalty_and_a_computed_rate_are_divided(tmp_path: Path) -> None:
    source = "model.compile(keras.optimizers.SGD(rate * scale, weight_decay=decay()))" + FIT
    evidence = evidence_of(source, optimizer="SGD", learning_rate=0.3)
    assert "weight_decay=decay() / 100" in patched("smaller_penalty", evidence, tmp_path)[0]
    assert "SGD((rate * scale) / 10," in patched("lower_rate", evidence, tmp_path)[0]


def test_a_weight_decay_that_stands_in_a_dictionary_is_set_beside_it(tmp_path: Path) -> None:
    source = "model.compile(keras.optimizers.Adadelta(**settings))" + FIT
    evidence = evidence_of(source, optimizer="Adadelta", optimizer_config={"weight_decay": 3.5})
    assert '**{**settings, "weight_decay": 0.035}' in patched("smaller_penalty", evidence, tmp_path)[0]


def test_the_rate_of_a_scheduler_is_capped(tmp_path: Path) -> None:
    source = "call = keras.callbacks.LearningRateScheduler(warm_up)" + FIT
    text = patched("cap_rate", evidence_of(source, learning_rate=5.0), tmp_path)[0]
    assert "LearningRateScheduler(lambda *now: min(warm_up(*now), 5e-02))" in text


def test_an_epsilon_that_is_lost_beside_1_is_enlarged_where_it_is_written(tmp_path: Path) -> None:
    source = "def f(z, eps=1e-8):\n    return tf.acosh(tf.maximum(z, 1.0 + eps))\n"
    (text,) = patched("bound_clip", evidence_of(source, "tf.acosh(tf.maximum(z, 1.0 + eps))"), tmp_path)
    assert "eps=1e-6" in text


def test_kernels_of_zero_get_a_start_where_the_weights_never_moved(tmp_path: Path) -> None:
    source = "d = keras.layers.Dense(4, kernel_initializer=start, bias_initializer='zeros')\n"
    evidence = evidence_of(source)
    assert patched("better_initializer", evidence, tmp_path) == []
    evidence.unmoved = 0.99
    (text,) = patched("better_initializer", evidence, tmp_path)
    assert """kernel_initializer="glorot_uniform", bias_initializer='zeros'""" in text


def test_targets_on_a_scale_that_a_dataset_gives_out(tmp_path: Path) -> None:
    source = """
class Archive(keras.utils.PyDataset):
    def __getitem__(self, i):
        return self.x[i], self.y[i]

model.fit(Archive(), epochs=2)
"""
    facts = ArrayFacts("y", (32, 1), "float32", low=0.0, high=90.0, integral=True, role="batch")
    evidence = evidence_of(source, data=(facts,))
    evidence.fit_span = Span("train.py", 9, 9, (0, 30), "", "")
    cause = Cause("label_not_in_unit_interval", "data", 0.9, "")
    (patch,) = remedies()["bound_labels"].patches(evidence, cause)
    assert "return self.x[i], (self.y[i]) / 100.0" in patch.sources["train.py"]


def test_a_loss_that_is_called_in_a_loop_is_told_from_a_random_draw(tmp_path: Path) -> None:
    source = "n = rng.poisson(3.0)\nloss = tf.reduce_mean(tf.nn.log_poisson_loss(y, net(x)))\n"
    facts = ArrayFacts("y", (32, 1), "float32", low=-9.0, high=9.0, role="batch")
    (text,) = patched("matching_loss", evidence_of(source, data=(facts,)), tmp_path)
    assert "n = rng.poisson(3.0)\nloss = tf.reduce_mean(keras.losses.mean_squared_error(y, net(x)))" in text
