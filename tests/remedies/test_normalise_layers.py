"""Normalisation goes where layers follow one another, in each of the ways in which that is written."""

from pathlib import Path

from remedies.small import evidence_of, patched

IMPORTS = "from keras import layers\n"


def test_layers_in_a_loop(tmp_path: Path) -> None:
    source = """
from keras import layers
h = start
for _ in range(12):
    h = layers.Dense(64, activation="relu")(h)
out = layers.Dense(1)(h)
"""
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert text.count("LayerNormalization()(h)") == 1
    assert 'activation="relu")(h)\n    h = layers.LayerNormalization()(h)\nout' in text


def test_a_layer_of_ones_own(tmp_path: Path) -> None:
    source = """
from keras import layers
class Hop(layers.Layer):
    pass
for k in range(9):
    h = h + Hop(name=str(k))([h, edges])
"""
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert "h = layers.LayerNormalization()(h)" in text


def test_a_list_and_a_comprehension_of_layers(tmp_path: Path) -> None:
    source = (
        IMPORTS + "net = keras.Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(8), layers.Dense(1)])\n"
    )
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert text.count("layers.LayerNormalization()") == 2
    assert text.rstrip().endswith("layers.Dense(1)])")
    source = IMPORTS + "hidden = [layers.Dense(8, name=str(i)) for i in range(20)]\n"
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert "for part in (layers.Dense(8, name=str(i)), layers.LayerNormalization())]" in text


def test_layers_that_are_added(tmp_path: Path) -> None:
    source = """
from keras import layers
model = keras.Sequential()
for _ in range(10):
    model.add(layers.Dense(32))
model.add(layers.Dense(1))
"""
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert "    model.add(layers.Dense(32))\n    model.add(layers.LayerNormalization())\n" in text
    assert text.count("LayerNormalization") == 1


def test_a_call_that_runs_through_its_blocks(tmp_path: Path) -> None:
    source = """
from keras import layers
class Net(keras.Model):
    def call(self, x):
        for block in self.blocks:
            x = x + block(x)
        return self.out(x)
"""
    (text,) = patched("normalise_layers", evidence_of(source), tmp_path)
    assert "            x = x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), axis=-1, keepdims=True) + 1e-6)\n" in text


def test_a_loop_of_training_is_no_stack_of_layers(tmp_path: Path) -> None:
    source = """
def train(w):
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = f(w)
        w = update(w, tape.gradient(loss, w))
"""
    assert patched("normalise_layers", evidence_of(source), tmp_path) == []
