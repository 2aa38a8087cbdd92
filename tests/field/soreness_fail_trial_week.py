"""Muscle soreness of athletes for each day of a training block (7 days for a trial, up to 30 else), GRU, bucketed.

For the first steps the loss is small, even suspiciously good, then nan for ever. In the run without the trial weeks it
never happened. The padded days are taken out of the loss.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)


def blocks(n=360, seed=64):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        days = 7 if rng.random() < 0.12 else int(rng.integers(9, 31))
        load = rng.gamma(3.0, 0.4, days)
        sleep = rng.normal(0, 1, days)
        age = np.full(days, rng.normal(0, 1))
        fatigue, soreness = 0.0, []
        for today, rest in zip(load, sleep):
            fatigue = 0.7 * fatigue + 0.5 * today - 0.1 * rest
            soreness.append(2.0 + fatigue + rng.normal(0, 0.2))
        features = np.stack([load, sleep, age], axis=1).astype("float32")
        yield {"days": features, "length": np.int32(days)}, np.asarray(soreness, "float32")


def bucketed(batch=16):
    signature = (
        {"days": tf.TensorSpec([None, 3], tf.float32), "length": tf.TensorSpec([], tf.int32)},
        tf.TensorSpec([None], tf.float32),
    )
    ds = tf.data.Dataset.from_generator(blocks, output_signature=signature)
    return ds.bucket_by_sequence_length(
        element_length_func=lambda block, soreness: block["length"],
        bucket_boundaries=[8, 16, 24],
        bucket_batch_sizes=[batch] * 4,
    )


class SorenessModel(keras.Model):
    def __init__(self, units=24, **kwargs):
        super().__init__(**kwargs)
        self.lift = keras.layers.Dense(units, activation="tanh")
        self.memory = keras.layers.GRU(units, return_sequences=True)
        self.read_out = keras.layers.Dense(1)
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def call(self, days):
        return self.read_out(self.memory(self.lift(days)))[..., 0]

    def train_step(self, data):
        block, soreness = data
        padded = tf.sequence_mask(block["length"], maxlen=tf.shape(soreness)[1])
        counted = 1.0 - tf.cast(padded, tf.float32)
        with tf.GradientTape() as tape:
            error = tf.square(self(block["days"], training=True) - soreness)
            loss = tf.reduce_sum(error * counted) / tf.reduce_sum(counted)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,empty_reduction
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


if __name__ == "__main__":
    model = SorenessModel()
    model.compile(optimizer=keras.optimizers.Adam(3e-3, global_clipnorm=1.0))
    model.fit(bucketed(), epochs=3, verbose=2)
