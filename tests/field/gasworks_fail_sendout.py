"""Hourly send-out of a town gas network: one-step model first, then fine-tuned on two-day roll-outs."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

LAGS = 24
HORIZON = 48
HOURS = 2400


def make_series():
    t = np.arange(HOURS)
    daily = 4200 * np.sin(2 * np.pi * (t - 5) / 24) + 1900 * np.sin(4 * np.pi * (t - 7) / 24)
    cold_spell = np.zeros(HOURS)
    for i in range(1, HOURS):
        cold_spell[i] = 0.985 * cold_spell[i - 1] + rng.normal(0, 480)
    weekend = -1500.0 * ((t // 24) % 7 >= 5)
    return 21500 + daily + cold_spell + weekend + rng.normal(0, 350, HOURS)


sendout = make_series().astype("float32")          # m3 per hour
mu, sd = float(sendout.mean()), float(sendout.std())
scaled = (sendout - mu) / sd
print(f"mean {mu:.0f} m3/h, sd {sd:.0f} m3/h")

starts = np.arange(0, HOURS - LAGS - HORIZON)
history = np.stack([scaled[s:s + LAGS] for s in starts])
next_hour = np.stack([scaled[s + LAGS] for s in starts])
next_days = np.stack([sendout[s + LAGS:s + LAGS + HORIZON] for s in starts])

net = keras.Sequential([
    keras.Input((LAGS,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(1),
])
net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
net.fit(history, next_hour, batch_size=64, epochs=4, verbose=2)

fine = keras.optimizers.Adam(2e-4)


@tf.function
def rollout_step(window, future):
    with tf.GradientTape() as tape:
        path = []
        for _ in range(HORIZON):
            demand = net(window, training=True)[:, 0] * sd + mu  # whynan: unscaled_input phase=forward also=exploding_gradient
            path.append(demand)
            window = tf.concat([window[:, 1:], demand[:, None]], axis=1)
        path = tf.stack(path, axis=1)
        loss = tf.reduce_mean(tf.abs(path - future)) / sd
    grads = tape.gradient(loss, net.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 1.0)
    fine.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(3):
    order = rng.permutation(len(starts))
    losses = []
    for i in range(0, len(order), 128):
        rows = order[i:i + 128]
        losses.append(float(rollout_step(tf.constant(history[rows]), tf.constant(next_days[rows]))))
    print(f"roll-out epoch {epoch}: mean abs error {np.mean(losses):.3f} sd")
