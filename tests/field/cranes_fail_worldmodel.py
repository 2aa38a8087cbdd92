"""Latent world model of an overhead crane (trolley + swinging load), long open-loop unroll,
with the gradient through the latent state damped at every step as in MuZero."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)

HORIZON = 100
LATENT = 16
DT = 0.02
GRAD_SCALE = 0.25
BATCH = 32


def simulate(n, steps):
    rng = np.random.default_rng(12)
    x = rng.normal(0, 1, n)
    v = rng.normal(0, 0.3, n)
    th = rng.normal(0, 0.2, n)
    om = rng.normal(0, 0.2, n)
    force = rng.normal(0, 1, n)
    obs, act = [], []
    for _ in range(steps + 1):
        obs.append(np.stack([x, v, th, om], 1))
        force = 0.95 * force + 0.3 * rng.normal(0, 1, n)
        act.append(force[:, None])
        acc = force - 0.4 * v
        v = v + DT * acc
        x = x + DT * v
        om = om + DT * (-9.81 / 4.0 * np.sin(th) - acc / 4.0 * np.cos(th) - 0.1 * om)
        th = th + DT * om
    obs = np.stack(obs, 1)
    obs = (obs - obs.mean((0, 1))) / obs.std((0, 1))
    return obs.astype("float32"), np.stack(act, 1).astype("float32")


@tf.custom_gradient
def scale_gradient(h):
    def grad(dy):
        return dy / GRAD_SCALE  # whynan: wrong_custom_gradient phase=gradient also=exploding_gradient

    return tf.identity(h), grad


encoder = keras.Sequential([keras.Input((4,)), keras.layers.Dense(LATENT, activation="tanh")])
dynamics = keras.Sequential([keras.Input((LATENT + 1,)), keras.layers.Dense(LATENT, activation="tanh")])
decoder = keras.Sequential([keras.Input((LATENT,)), keras.layers.Dense(4)])
weights = encoder.trainable_weights + dynamics.trainable_weights + decoder.trainable_weights
opt = keras.optimizers.Adam(1e-3)


def unroll(first, actions):
    h = encoder(first)
    states = []
    for t in range(HORIZON):
        h = scale_gradient(h)
        h = h + DT * dynamics(tf.concat([h, actions[:, t]], axis=1))
        states.append(h)
    states = tf.reshape(tf.stack(states, axis=1), (-1, LATENT))
    return tf.reshape(decoder(states), (-1, HORIZON, 4))


@tf.function
def train_step(obs, actions):
    with tf.GradientTape() as tape:
        pred = unroll(obs[:, 0], actions)
        loss = tf.reduce_mean(tf.square(pred - obs[:, 1:]))
    grads = tape.gradient(loss, weights)
    opt.apply_gradients(zip(grads, weights))
    return loss


obs, act = simulate(384, HORIZON)
data = tf.data.Dataset.from_tensor_slices((obs, act)).shuffle(384, seed=2).batch(BATCH, drop_remainder=True)
for epoch in range(5):
    losses = [float(train_step(o, a)) for o, a in data]
    print(f"epoch {epoch}: open-loop error {np.mean(losses):.4f}")
