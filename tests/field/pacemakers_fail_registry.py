# Lead failure risk from the pacemaker registry, Cox model with a small network.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)


def make_registry(n=2600):
    """One row per implant, from the first of 2012 to the administrative end of follow-up."""
    end = 12.0
    implanted = np.sort(rng.uniform(0, end, n))
    df = pd.DataFrame({
        "implanted": implanted,
        "age": rng.normal(72, 9, n).clip(25, 96),
        "ef": rng.normal(52, 9, n).clip(15, 70),
        "pacing": rng.beta(2, 2, n),
        "dual": rng.integers(0, 2, n),
        "subclavian": rng.integers(0, 2, n),
    })
    risk = (-0.03 * (df.age - 72) + 0.5 * df.subclavian + 0.3 * df.dual + 0.6 * (df.pacing - 0.5))
    t_fail = 9.0 * (rng.exponential(1.0, n) / np.exp(risk)) ** 0.5
    t_lost = rng.exponential(25.0, n)
    t_cens = np.minimum(end - implanted, t_lost)
    df["years"] = np.minimum(t_fail, t_cens)
    df["failed"] = (t_fail <= t_cens).astype("float32")
    return df


df = make_registry()
covs = ["age", "ef", "pacing", "dual", "subclavian"]
x = ((df[covs] - df[covs].mean()) / df[covs].std()).to_numpy("float32")
t = df["years"].to_numpy("float32")
e = df["failed"].to_numpy("float32")
print(f"{len(df)} implants, {int(e.sum())} lead failures, median follow-up {np.median(t):.1f} y")


def partial_likelihood(eta, time, event):
    order = tf.argsort(time, direction="DESCENDING")
    eta = tf.gather(eta, order)
    event = tf.gather(event, order)
    top = tf.stop_gradient(tf.reduce_max(eta))
    log_risk = tf.math.log(tf.cumsum(tf.exp(eta - top))) + top
    return -tf.reduce_sum((eta - log_risk) * event) / tf.reduce_sum(event)  # whynan: divide_by_zero phase=loss also=empty_reduction,zero_weight_sum


class CoxNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.h1 = layers.Dense(24, activation="tanh")
        self.h2 = layers.Dense(12, activation="tanh")
        self.out = layers.Dense(1, use_bias=False)
        self.seen = keras.metrics.Mean(name="pl")

    def call(self, inputs):
        return tf.squeeze(self.out(self.h2(self.h1(inputs))), -1)

    @property
    def metrics(self):
        return [self.seen]

    def train_step(self, data):
        feats, (time, event) = data
        with tf.GradientTape() as tape:
            eta = self(feats, training=True)
            value = partial_likelihood(eta, time, event)
        grads = tape.gradient(value, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.seen.update_state(value)
        return {"pl": self.seen.result()}


def concordance(eta, time, event):
    good = total = 0
    for i in np.flatnonzero(event)[:200]:
        later = time > time[i]
        total += later.sum()
        good += (eta[i] > eta[later]).sum()
    return good / total


ds = tf.data.Dataset.from_tensor_slices((x, (t, e))).batch(128).prefetch(2)

net = CoxNet()
net.compile(optimizer=keras.optimizers.Adam(3e-3))
net.fit(ds, epochs=12, verbose=2)
print("c-index", concordance(net.predict(x, verbose=0), t, e))
