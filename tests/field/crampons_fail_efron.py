"""Fatigue rig for crampon points: which heat treatment survives longest?

Neural Cox model (DeepSurv) with Efron's treatment of ties, because the rig is read out
every 100 load cycles and several points usually break between two readings.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(77)
N = 360


def bench(n, rng):
    x = np.column_stack([
        rng.normal(52.0, 2.5, n),          # Rockwell hardness
        rng.uniform(0.0, 1.0, n),          # share of load taken by the front points
        rng.integers(0, 3, n),             # steel batch
        rng.normal(-8.0, 6.0, n),          # temperature of the rig, deg C
    ])
    z = (x - x.mean(0)) / x.std(0)
    scale = 60.0 * np.exp(0.35 * z[:, 0] - 0.5 * z[:, 1] + 0.25 * z[:, 0] * z[:, 3])
    life = np.round(scale * rng.weibull(1.6, n), 1) + 0.1
    sectioned = (rng.random(n) < 0.12) & (life > 20.0)      # pulled early for the microscope
    return z.astype("float32"), np.where(sectioned, 20.0, life), ~sectioned


class EfronLikelihood:
    def __init__(self, time, event):
        stops = np.unique(time[event])
        at_risk = time[None, :] >= stops[:, None]
        tied = (time[None, :] == stops[:, None]) & event[None, :]
        group, share = [], []
        for k, deaths in enumerate(tied.sum(axis=1)):
            for j in range(1, deaths + 1):
                group.append(k)
                share.append(j / deaths)
        self.at_risk = tf.constant(at_risk, tf.float32)
        self.tied = tf.constant(tied, tf.float32)
        self.group = tf.constant(group, tf.int32)
        self.share = tf.constant(share, tf.float32)

    def __call__(self, score):
        hazard = tf.exp(score)
        everyone = tf.gather(tf.linalg.matvec(self.at_risk, hazard), self.group)
        ties = tf.gather(tf.linalg.matvec(self.tied, hazard), self.group)
        observed = tf.reduce_sum(tf.linalg.matvec(self.tied, score))
        expected = tf.reduce_sum(tf.math.log(everyone - self.share * ties))  # whynan: log_of_zero phase=loss|forward also=catastrophic_cancellation
        return (expected - observed) / tf.cast(tf.size(score), tf.float32)


def concordance(score, time, event):
    good = total = 0
    for i in np.flatnonzero(event):
        later = time > time[i]
        total += later.sum()
        good += (score[i] > score[later]).sum()
    return good / total


rng = np.random.default_rng(5)
X, time, event = bench(N, rng)
print(f"{event.sum()} broken of {N}, {len(np.unique(time[event]))} different readings")

net = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dropout(0.1),
    keras.layers.Dense(1, use_bias=False),
])
partial_likelihood = EfronLikelihood(time, event)
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(net.trainable_variables)
inputs = tf.constant(X)


@tf.function
def update():
    with tf.GradientTape() as tape:
        value = partial_likelihood(tf.squeeze(net(inputs, training=True), axis=1))
    grads = tape.gradient(value, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return value


for it in range(120):
    nll = update()
    if it % 20 == 0:
        risk = net(inputs).numpy()[:, 0]
        print(f"{it:4d}  nll {float(nll):.4f}  C {concordance(risk, time, event):.3f}")
