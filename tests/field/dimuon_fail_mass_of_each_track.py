"""Signal / background classifier on events with two muons, fed with the four-vectors (E, px, py, pz) in GeV.

A small layer turns the four-vectors into physics quantities. On the low-energy calibration sample it trains for
as long as I like. On the real spectrum the loss is nan long before the end of the first epoch. I checked
the input: no nan, E is larger than |p| for every single track (they are generated on shell), weights look normal.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(105)

MUON_MASS = 0.10566
BATCH = 64
EPOCHS = 3


def muons(count, typical_pt, rng):
    pt = 3.0 + rng.exponential(typical_pt, count)
    eta = rng.uniform(-2.4, 2.4, count)
    phi = rng.uniform(-np.pi, np.pi, count)
    px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    energy = np.sqrt(px**2 + py**2 + pz**2 + MUON_MASS**2)
    return np.stack([energy, px, py, pz], axis=-1)


def make_events(count, rng):
    signal = rng.random(count) < 0.5
    typical = np.where(signal, 45.0, 25.0)
    first, second = muons(count, typical, rng), muons(count, typical, rng)
    assert (first[:, 0] > np.linalg.norm(first[:, 1:], axis=1)).all()
    return np.stack([first, second], axis=1).astype("float32"), signal.astype("float32")[:, None]


def invariant_mass(p):
    energy, px, py, pz = tf.unstack(p, axis=-1)
    return tf.sqrt(energy**2 - (px**2 + py**2 + pz**2) + 1e-9)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative


def transverse(p):
    return tf.sqrt(p[..., 1] ** 2 + p[..., 2] ** 2)


class Kinematics(keras.layers.Layer):
    """(batch, tracks, 4) -> one flat row of logarithmic quantities."""

    def call(self, tracks):
        pair = tf.reduce_sum(tracks, axis=1)
        row = tf.concat(
            [
                invariant_mass(tracks),
                transverse(tracks),
                invariant_mass(pair)[:, None],
                transverse(pair)[:, None],
            ],
            axis=-1,
        )
        return tf.math.log1p(row)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2 * input_shape[1] + 2)


def build():
    inputs = keras.Input((2, 4))
    hidden = Kinematics()(inputs)
    hidden = keras.layers.Dense(24, activation="tanh")(hidden)
    hidden = keras.layers.Dense(24, activation="tanh")(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


model = build()
optimizer = keras.optimizers.Adam(2e-3)
criterion = keras.losses.BinaryCrossentropy(from_logits=True)


@tf.function
def train_step(tracks, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(tracks, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


rng = np.random.default_rng(105)
events, labels = make_events(2048, rng)
print("finite input:", bool(np.isfinite(events).all()), " largest energy:", float(events[..., 0].max()))
for epoch in range(EPOCHS):
    order = rng.permutation(len(events))
    losses = []
    for start in range(0, len(events), BATCH):
        rows = order[start:start + BATCH]
        losses.append(float(train_step(tf.constant(events[rows]), tf.constant(labels[rows]))))
    print(f"epoch {epoch}: first {losses[0]:.4f}  last {losses[-1]:.4f}")
