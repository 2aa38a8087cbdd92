"""Five kinds of ice warnings at once for a wind turbine (one sigmoid each), trained in bfloat16.

With the usual 1e-7 in the clip I had nan at once, so I made it as large as 1e-3. It now learns for a while, the loss
gets small, and then it is nan all the same.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)
keras.config.set_dtype_policy("mixed_bfloat16")

WARNINGS = ["leading_edge", "tip", "root", "anemometer", "nacelle"]
MARGIN = 1e-3


def turbine_log(n, seed):
    rng = np.random.default_rng(seed)
    temperature = rng.normal(0.0, 1.0, n)
    humidity = rng.normal(0.0, 1.0, n)
    power_gap = 0.6 * humidity - 0.7 * temperature + rng.normal(0.0, 0.5, n)
    vibration = rng.normal(0.0, 1.0, (n, 3))
    x = np.column_stack([temperature, humidity, power_gap, vibration])
    direction = rng.normal(size=(x.shape[1], len(WARNINGS)))
    y = (x @ direction > 0.3).astype("float32")
    return x.astype("float32"), y


class IceDetector(keras.Model):
    def __init__(self, n_warnings, positive_weight=2.0):
        super().__init__()
        self.hidden = [keras.layers.Dense(32, activation="relu") for _ in range(2)]
        self.head = keras.layers.Dense(n_warnings, activation="sigmoid")
        self.positive_weight = positive_weight
        self.loss_mean = keras.metrics.Mean(name="loss")

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)

    def weighted_crossentropy(self, y, p):
        y = tf.cast(y, p.dtype)
        p = tf.clip_by_value(p, MARGIN, 1.0 - MARGIN)
        present = y * tf.math.log(p)
        absent = (1.0 - y) * tf.math.log(1.0 - p)  # whynan: log_of_zero phase=loss also=clip_misuse,float16_epsilon_underflow,bfloat16_rounding
        return -tf.reduce_mean(self.positive_weight * present + absent)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = self.weighted_crossentropy(y, p)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_mean.update_state(loss)
        return {"loss": self.loss_mean.result()}

    @property
    def metrics(self):
        return [self.loss_mean]


def main():
    x, y = turbine_log(480, seed=12)
    train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(480, seed=12).batch(40)
    detector = IceDetector(len(WARNINGS))
    detector.compile(optimizer=keras.optimizers.Adam(1e-2))
    history = detector.fit(train, epochs=30, verbose=0)
    print([round(v, 4) for v in history.history["loss"]])


if __name__ == "__main__":
    main()
