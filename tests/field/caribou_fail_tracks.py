"""Distance to the calving ground from 200 collar fixes of a caribou cow.

Plain recurrent net started from the identity (Le, Jaitly & Hinton 2015), no gates.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1015)

FIXES = 200
ANIMALS = 512
BATCH = 64


def simulate(seed):
    r = np.random.default_rng(seed)
    step = r.gamma(2.0, 0.5, (ANIMALS, FIXES))
    turn = r.vonmises(0.0, 2.0, (ANIMALS, FIXES))
    heading = np.cumsum(turn, axis=1)
    east = np.cumsum(step * np.cos(heading), axis=1)
    north = np.cumsum(step * np.sin(heading), axis=1)
    snow = np.clip(r.normal(0.5, 0.2, (ANIMALS, 1)) + 0.001 * np.arange(FIXES), 0, 1.5)
    track = np.stack([step * np.cos(heading), step * np.sin(heading), snow], axis=-1)
    km = np.hypot(east[:, -1] - 20.0, north[:, -1] - 10.0)
    return track, km


track, km = simulate(5)
track = (track - track.mean((0, 1))) / track.std((0, 1))
goal = (km - km.mean()) / km.std()
track, goal = track.astype("float32"), goal.astype("float32")[:, None]

fixes = keras.Input((FIXES, 3))
state = layers.SimpleRNN(
    48,
    activation="leaky_relu",
    recurrent_initializer=keras.initializers.Identity(),
)(fixes)
model = keras.Model(fixes, layers.Dense(1)(state))

opt = keras.optimizers.SGD(learning_rate=0.01)
opt.build(model.trainable_variables)


@tf.function
def train_one(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))  # whynan: exploding_gradient phase=forward|loss also=learning_rate_too_high
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((track[:448], goal[:448])).shuffle(448, seed=2).batch(BATCH)

for epoch in range(3):
    running = keras.metrics.Mean()
    for xb, yb in ds:
        running.update_state(train_one(xb, yb))
    val = tf.reduce_mean(tf.square(model(track[448:], training=False) - goal[448:]))
    print(f"epoch {epoch}: train {float(running.result()):.4f}  val {float(val):.4f}")
