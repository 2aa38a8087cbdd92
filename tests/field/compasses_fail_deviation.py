"""Deviation card of a fluxgate compass by a small network.

Momentum starts low and is raised during training, after Sutskever et al. 2013.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(360)
rng = np.random.default_rng(360)

# swing of the ship: headings, heel, pitch and currents in the wheelhouse
n = 2560
heading = rng.uniform(0, 2 * np.pi, n)
heel = rng.normal(0, 6, n)
pitch = rng.normal(0, 3, n)
amps = rng.gamma(2, 4, n)
deviation = (
    1.2
    + 4.0 * np.sin(heading) - 2.5 * np.cos(heading)
    + 0.8 * np.sin(2 * heading)
    + 0.05 * heel * np.sin(heading)
    + 0.1 * amps
    + rng.normal(0, 0.2, n)
)
inputs = np.stack([np.sin(heading), np.cos(heading), heel / 6, pitch / 3, (amps - 8) / 5.7], 1).astype("float32")
targets = (deviation / 3.0).astype("float32")[:, None]

EPOCHS = 30
BATCH = 64
RATE = 0.03
MU_START, MU_GAIN = 0.5, 0.05

net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(24, activation="leaky_relu"),
    keras.layers.Dense(1),
])
variables = [v.value for v in net.trainable_variables]
velocity = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]


@tf.function
def update(xb, yb, mu):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(xb, training=True) - yb))  # whynan: exploding_gradient phase=forward|loss also=learning_rate_too_high
    grads = tape.gradient(loss, variables)
    for v, m, g in zip(variables, velocity, grads):
        m.assign(mu * m - RATE * g)
        v.assign_add(m)
    return loss


order = np.arange(n)
for epoch in range(EPOCHS):
    rng.shuffle(order)
    mu = tf.constant(MU_START + MU_GAIN * epoch, tf.float32)
    total = 0.0
    for start in range(0, n, BATCH):
        pick = order[start:start + BATCH]
        total += float(update(tf.constant(inputs[pick]), tf.constant(targets[pick]), mu))
    if epoch % 3 == 0 or epoch == EPOCHS - 1:
        print(f"epoch {epoch:2d}  mse {total / (n // BATCH):.5g}")

card = np.deg2rad(np.arange(0, 360, 45))
probe = np.stack([np.sin(card), np.cos(card), 0 * card, 0 * card, 0 * card], 1).astype("float32")
for deg, dev in zip(range(0, 360, 45), 3.0 * net(probe).numpy()[:, 0]):
    print(f"{deg:3d} deg  {dev:+.2f}")
