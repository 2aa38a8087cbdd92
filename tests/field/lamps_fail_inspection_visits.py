"""Life of LED street lamps. Nobody sees the moment a lamp fails: a van drives by every half year, so I only know the
visit before and the visit after. Gamma distributed life, likelihood is the difference of two cdf values.

The likelihood is right (compared with scipy for many lamps) and the first batches go down. Then all weights are nan.
The nll of the batch at which it happens is an ordinary number like 1.9. I have an epsilon in the log already.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(17)

VISIT = 0.5  # years
STUDY_END = 5.0
NEVER = 200.0  # upper end for lamps that still burn


def survey(n=1500):
    rng = np.random.default_rng(12)
    height = rng.choice([4.0, 6.0, 8.0, 10.0], n)
    coast = rng.exponential(6.0, n)  # km
    driver = rng.integers(0, 3, n)
    watt = rng.choice([20, 35, 60], n)
    scale = np.exp(1.4 - 0.3 * (driver == 2) + 0.05 * np.minimum(coast, 15) - 0.004 * watt)
    life = rng.gamma(0.65, scale)
    before = np.floor(life / VISIT) * VISIT
    after = before + VISIT
    alive = life >= STUDY_END
    before[alive], after[alive] = STUDY_END, NEVER
    x = np.column_stack([(height - 7) / 2.2, np.log1p(coast) - 1.6, np.eye(3)[driver], (watt - 38) / 16.0])
    return x.astype("float32"), np.column_stack([before, after]).astype("float32")


class LampLife(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(24, activation="relu")])
        self.shape_head = layers.Dense(
            1, activation="softplus", kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(1.0)
        )
        self.rate_head = layers.Dense(1, activation="softplus", kernel_initializer="zeros")
        self.nll = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.nll]

    def call(self, x, training=False):
        h = self.body(x)
        return self.shape_head(h)[:, 0], self.rate_head(h)[:, 0]

    def train_step(self, data):
        x, visits = data
        before, after = visits[:, 0], visits[:, 1]
        with tf.GradientTape() as tape:
            shape, rate = self(x, training=True)
            failed_after = tf.math.igamma(shape, rate * after)
            failed_before = tf.math.igamma(shape, rate * before)  # whynan: pow_grad_at_zero phase=gradient also=log_of_zero,divide_by_zero
            in_between = tf.maximum(failed_after - failed_before, 0.0)
            loss = -tf.reduce_mean(tf.math.log(in_between + 1e-7))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


if __name__ == "__main__":
    x, visits = survey()
    print("found dead at the first visit:", int((visits[:, 0] == 0).sum()), " still burning:", int((visits[:, 1] == NEVER).sum()))
    model = LampLife()
    model(x[:4])
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(x, visits, batch_size=50, epochs=6, verbose=2)
    shape, rate = model(x[:5])
    print("shape", shape.numpy(), "mean life", (shape / rate).numpy())
