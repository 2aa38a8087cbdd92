"""Learn a score for dressage tests from pairs that the judges have ordered.

Steps have a fixed length (normalised gradient descent), which was said to be more robust than tuning the rate.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)

N_FIGURES = 12


def make_pairs(n_pairs, seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=N_FIGURES)
    w /= np.linalg.norm(w)
    first, second = [], []
    while len(first) < n_pairs:
        a, b = rng.normal(size=(2, N_FIGURES))
        gap = (a - b) @ w
        if abs(gap) < 0.8:
            continue  # judges did not agree on these
        if gap < 0:
            a, b = b, a
        first.append(a)
        second.append(b)
    return np.array(first, "float32"), np.array(second, "float32")


class PairRanker(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.agree = keras.metrics.Mean(name="agree")

    @property
    def metrics(self):
        return [self.loss_mean, self.agree]

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            margin = self(x, training=True)
            loss = tf.reduce_mean(tf.nn.relu(1.0 - margin))
        params = self.trainable_variables
        grads = tape.gradient(loss, params)
        length = tf.linalg.global_norm(grads)
        grads = [g / length for g in grads]  # whynan: divide_by_zero phase=gradient
        self.optimizer.apply_gradients(zip(grads, params))
        self.loss_mean.update_state(loss)
        self.agree.update_state(tf.cast(margin > 0, tf.float32))
        return {m.name: m.result() for m in self.metrics}


def scorer():
    return keras.Sequential(
        [
            keras.Input((N_FIGURES,)),
            layers.Dense(48, activation="relu"),
            layers.Dense(24, activation="relu"),
            layers.Dense(1, use_bias=False),
        ],
        name="scorer",
    )


better, worse = make_pairs(1920, seed=6)
print("pairs:", better.shape, worse.shape)

score = scorer()
a = keras.Input((N_FIGURES,), name="better")
b = keras.Input((N_FIGURES,), name="worse")
model = PairRanker(inputs={"better": a, "worse": b}, outputs=score(a) - score(b))
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1))
model.fit({"better": better, "worse": worse}, batch_size=32, epochs=15, verbose=2)

test_better, test_worse = make_pairs(300, seed=6)
margin = model.predict({"better": test_better, "worse": test_worse}, verbose=0)
print("ordered as the judges did: %.3f" % (margin > 0).mean())
