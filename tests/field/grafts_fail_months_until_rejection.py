"""Months until a kidney graft is rejected, as a distribution over twelve bins and 'later'. The
likelihood came from a notebook in which I tried it for one patient and got the right number.
In fit with the real batches the loss is nan from the first step."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(365)

BINS = 12


class Registry:
    def __init__(self, n=600, seed=30):
        rng = np.random.default_rng(seed)
        mismatch = rng.integers(0, 7, n)
        age = rng.normal(51.0, 13.0, n)
        cold_hours = rng.gamma(9.0, 1.4, n)
        living = rng.random(n) < 0.3
        hazard = 0.02 * np.exp(0.15 * mismatch + 0.02 * (age - 51) + 0.03 * (cold_hours - 12) - 0.6 * living)
        event_time = rng.exponential(1.0 / hazard)
        left_study = rng.uniform(3.0, 60.0, n)
        months = np.minimum(event_time, left_study)
        self.rejected = (event_time <= left_study) & (months < 5.0 * BINS)
        self.bin = np.minimum(months // 5.0, BINS - 1)
        self.x = np.stack([
            (mismatch - 3.0) / 2.0, (age - 51.0) / 13.0, (cold_hours - 12.6) / 4.2, living * 1.0,
        ], axis=1).astype("float32")
        self.y = np.stack([self.bin, self.rejected], axis=1).astype("float32")

    def draw(self, batch_size, seed):
        rng = np.random.default_rng(seed)
        while True:
            chosen = rng.choice(len(self.x), batch_size, replace=False)
            yield self.x[chosen], self.y[chosen]


class GraftLikelihood(keras.losses.Loss):
    def __init__(self, tiny=1e-7, name="graft_likelihood"):
        super().__init__(name=name)
        self.tiny = tiny

    def call(self, y_true, probability):
        where = tf.cast(y_true[:, 0], tf.int32)
        rejected = y_true[:, 1]
        log_density = tf.math.log(tf.gather(probability, where, batch_dims=1) + self.tiny)
        still_working = 1.0 - tf.cumsum(probability)
        log_still_working = tf.math.log(still_working + self.tiny)  # whynan: log_of_negative phase=loss
        log_censored = tf.gather(log_still_working, where, batch_dims=1)
        return -(rejected * log_density + (1.0 - rejected) * log_censored)


def build():
    inputs = keras.Input((4,), name="transplant")
    h = keras.layers.Dense(24, activation="gelu")(inputs)
    h = keras.layers.Dropout(0.1)(h)
    outputs = keras.layers.Dense(BINS + 1, activation="softmax", name="month")(h)
    return keras.Model(inputs, outputs)


def expected_bin(model, x):
    return (model.predict(x, verbose=0) * np.arange(BINS + 1)).sum(axis=1)


def main():
    registry = Registry()
    model = build()
    schedule = keras.optimizers.schedules.CosineDecay(4e-3, decay_steps=60)
    model.compile(optimizer=keras.optimizers.Lion(schedule), loss=GraftLikelihood())
    model.fit(registry.draw(32, seed=1), steps_per_epoch=15, epochs=4, verbose=2)
    print("expected bins of the first patients", expected_bin(model, registry.x[:5]).round(2))


if __name__ == "__main__":
    main()
