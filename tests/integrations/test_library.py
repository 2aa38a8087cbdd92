"""whynan from within a program: the answer comes as an exception or as a value, and everything is put back."""

import contextlib
import gc
import importlib
import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

import whynan
from whynan.record import session as sessions

REPLACED = [
    ("keras.src.backend.tensorflow.trainer", "TensorFlowTrainer"),
    ("keras.src.optimizers.base_optimizer", "BaseOptimizer"),
    ("keras.src.optimizers.loss_scale_optimizer", "LossScaleOptimizer"),
    ("tensorflow.python.eager.polymorphic_function.polymorphic_function", "Function"),
    ("tensorflow.python.eager.backprop", "GradientTape"),
    ("tensorflow.python.framework.ops", "_EagerTensorBase"),
]
MODULES = ["tensorflow.python.eager.record", "tensorflow.python.ops.custom_gradient", "warnings"]


def state():
    """All that whynan replaces, by identity."""
    owners = [getattr(importlib.import_module(module), name) for module, name in REPLACED]
    owners += [importlib.import_module(module) for module in MODULES]
    from tensorflow.python.eager import context

    found = {(owner.__name__, name): id(value) for owner in owners for name, value in vars(owner).items()}
    found.pop(("_EagerTensorBase", "__annotations__"), None)  # made by the first who asks
    found["rest"] = [*sys.meta_path, *context.context().op_callbacks, sessions.active()]
    return found


@pytest.fixture(autouse=True)
def nothing_leaks():
    before = state()
    yield
    after = state()
    assert {key for key in before | after if before.get(key) != after.get(key)} == set()


def log_loss(y, p):
    return ops.mean(ops.log(p - 1.0) * y)


def make(loss=log_loss):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", loss)
    return model


X, Y = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")


def check(report):
    assert report.status == "nonfinite"
    assert report.causes[0].slug == "log_of_negative"
    assert report.origin.expression == "ops.log(p - 1.0)"
    assert report.origin.file.endswith("test_library.py")
    assert report.symptom.step == 0
    assert any("whynan run" in note for note in report.notes)


def test_a_block_raises_the_answer():
    model = make()
    with pytest.raises(whynan.NonFinite) as caught, whynan.watch():  # noqa: PT012
        model.fit(X, Y, verbose=0)
        raise AssertionError("the block goes on")
    check(caught.value.report)
    assert "The loss became NaN" in str(caught.value)
    assert "ops.log(p - 1.0)" in str(caught.value)


def test_a_block_returns_the_answer():
    with whynan.watch(raises=False) as watch:
        make().fit(X, Y, verbose=0)
        raise AssertionError("the block goes on")
    check(watch.report)


def test_a_healthy_block():
    with whynan.watch() as watch:
        history = make("mse").fit(X, Y, epochs=2, verbose=0)
    assert watch.report.status == "healthy"
    assert watch.report.run["steps"] == 2
    assert len(history.history["loss"]) == 2


def test_a_block_with_a_loop_of_ones_own():
    weight = tf.Variable([0.5, 2.0])
    optimizer = keras.optimizers.SGD(1.0)
    with whynan.watch(raises=False) as watch:
        for _ in range(5):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.sqrt(weight))
            optimizer.apply_gradients(zip(tape.gradient(loss, [weight]), [weight], strict=True))
    assert watch.report.origin.op == "Sqrt"
    assert watch.report.symptom.step > 0
    assert watch.report.origin.expression == "tf.sqrt(weight)"


@pytest.mark.parametrize("again", [1, 2])
def test_a_compiled_step_in_two_blocks(again):
    weight = tf.Variable(0.5)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.math.log(weight)
        weight.assign_sub(tape.gradient(loss, weight))
        return loss

    for _ in range(again):
        weight.assign(0.5)
        with whynan.watch(raises=False) as watch:
            for _ in range(3):
                step()
        assert watch.report.origin.expression == "tf.math.log(weight)"


def test_an_exception_of_the_block_passes():
    with pytest.raises(ZeroDivisionError), whynan.watch() as watch:  # noqa: PT012
        make("mse").fit(X, Y, verbose=0)
        _ = 1 / 0
    assert watch.report is None


def test_nested_blocks_give_one_answer():
    with whynan.watch(raises=False) as outer, whynan.watch() as inner:
        make().fit(X, Y, verbose=0, callbacks=[whynan.Recorder()])
    check(outer.report)
    assert inner.report is None


def test_a_watched_model():
    model, other = make(), make()
    watch = whynan.watch(model)
    assert not np.isfinite(other.fit(X, Y, verbose=0).history["loss"][0])
    for _ in range(2):
        with pytest.raises(whynan.NonFinite) as caught:
            model.fit(X, Y, verbose=0)
        check(caught.value.report)
    watch.close()
    model.fit(X, Y, verbose=0)
    assert "fit" not in vars(model)


def test_a_watched_model_returns_as_fit_does():
    model = make()
    watch = whynan.watch(model, raises=False)
    assert isinstance(model.fit(X, Y, verbose=0), keras.callbacks.History)
    check(watch.report)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="model must be a Keras model, and int has no fit"):
        whynan.watch(3)


@pytest.mark.parametrize("arguments", [{}, {"steps_per_execution": 2}, {"run_eagerly": True}, {"jit_compile": True}])
def test_the_callback_raises_the_answer(arguments):
    model = make()
    model.compile("sgd", log_loss, **arguments)
    with pytest.raises(whynan.NonFinite) as caught:
        model.fit(X, Y, batch_size=2, epochs=3, verbose=0, callbacks=[whynan.Recorder()])
    check(caught.value.report)
    assert caught.value.report.symptom.epoch == 0
    assert caught.value.report.evidence.fit_span.file.endswith("test_library.py")
    assert model.train_function.__qualname__.startswith("TensorFlowTrainer")


def test_the_callback_stops_fit_and_keeps_the_answer():
    recorder = whynan.Recorder(raises=False)
    history = make().fit(X, Y, batch_size=2, epochs=30, verbose=0, callbacks=[recorder])
    assert len(history.history["loss"]) == 1
    check(recorder.report)


def test_the_callback_finds_the_rows_given_to_fit():
    x = np.linspace(0.1, 1, 16, dtype="float32").reshape(8, 2)
    x[5, 1] = np.nan
    recorder = whynan.Recorder(raises=False)
    make("mse").fit(x, Y, batch_size=2, verbose=0, shuffle=False, callbacks=[recorder])
    assert recorder.report.causes[0].slug == "nan_in_input"
    assert recorder.report.origin.rows.dataset == [5]


def test_a_healthy_fit_with_the_callback_twice():
    recorder = whynan.Recorder()
    model = make("mse")
    for _ in range(2):
        model.fit(X, Y, epochs=2, batch_size=4, verbose=0, callbacks=[recorder])
        assert recorder.report.status == "healthy"
        assert recorder.report.run["steps"] == 4


@pytest.mark.parametrize("where", ["on_train_batch_end", "on_epoch_end"])
def test_a_fit_that_another_callback_breaks(where):
    def stop(self, number, logs=None):
        raise ZeroDivisionError

    breaking = type("Breaking", (keras.callbacks.Callback,), {where: stop})()
    recorder = whynan.Recorder()
    with pytest.raises(ZeroDivisionError) as kept:
        make("mse").fit(X, Y, verbose=0, callbacks=[recorder, breaking])
    with whynan.watch(raises=False) as watch:
        make().fit(X, Y, verbose=0)
    assert recorder.report is None
    check(watch.report)
    assert kept.value.__traceback__ is not None


def test_a_fit_that_another_callback_breaks_leaves_nothing():
    def stop(self, number, logs=None):
        raise ZeroDivisionError

    breaking = type("Breaking", (keras.callbacks.Callback,), {"on_epoch_end": stop})()
    with contextlib.suppress(ZeroDivisionError):
        make("mse").fit(X, Y, verbose=0, callbacks=[whynan.Recorder(), breaking])
    gc.collect()
    assert sessions.active() is None


def test_the_callback_changes_no_weight():
    weights = []
    for callbacks in ([], [whynan.Recorder()]):
        keras.utils.set_random_seed(1)
        model = make("mse")
        model.fit(X, Y, epochs=3, batch_size=2, verbose=0, callbacks=callbacks)
        weights.append(np.concatenate([w.ravel() for w in model.get_weights()]).tobytes())
    assert weights[0] == weights[1]


def test_warnings_are_shown_as_before():
    with whynan.watch(raises=False), pytest.warns(RuntimeWarning, match="divide by zero"):
        np.log(np.zeros(1))
    assert "whynan" not in getattr(warnings.showwarning, "__module__", "")


def test_import_is_light_and_complete():
    code = (
        "import sys, whynan; dir(whynan); whynan.watch; whynan.NonFinite\n"
        "sys.exit(bool({'tensorflow', 'keras', 'rich', 'click'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert all(hasattr(whynan, name) for name in whynan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'wach'"):
        _ = whynan.wach


def test_a_block_begun_before_tensorflow_is_imported(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import whynan\n"
        "with whynan.watch(raises=False) as watch:\n"
        "    import numpy as np, keras\n"
        "    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "    model.compile('sgd', 'mse')\n"
        "    model.fit(np.full((4, 1), np.nan), np.ones(4), verbose=0)\n"
        "print(watch.report.causes[0].slug)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "nan_in_input\n", done.stderr[-2000:]
    done = subprocess.run(
        [sys.executable, "-m", "whynan", "run", "-q", "--no-trials", script],
        capture_output=True, text=True, timeout=100, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
