"""Normalising flow that scores rivets by how ordinary their dimensions are (deviations from nominal, in mm).

My nll crosses zero after a few epochs and keeps going, it is around -8 now. A colleague says that a loss cannot be
negative and that it will end in NaN. I put in a callback that stops on a NaN of the validation, it has never fired.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(404)
LOG_2PI = float(np.log(2.0 * np.pi))


class Coupling(keras.layers.Layer):
    """Affine coupling: one half of the dimensions moves, as told by the other half; then a learned stretch."""

    def __init__(self, keep, width=24, bound=1.5, **kwargs):
        super().__init__(**kwargs)
        self.keep = tf.constant(keep, tf.float32)
        self.bound = bound
        dims = len(keep)
        self.hidden = keras.layers.Dense(width, activation="tanh")
        self.scale_head = keras.layers.Dense(dims, kernel_initializer="zeros")
        self.shift_head = keras.layers.Dense(dims, kernel_initializer="zeros")
        self.stretch = self.add_weight(shape=(dims,), initializer="zeros", name="stretch")

    def call(self, x):
        h = self.hidden(x * self.keep)
        move = 1.0 - self.keep
        log_s = self.bound * tf.tanh(self.scale_head(h)) * move
        shift = self.shift_head(h) * move
        z = x * tf.exp(log_s) + shift
        z = z * tf.exp(self.stretch)
        return z, tf.reduce_sum(log_s, axis=1) + tf.reduce_sum(self.stretch)


class RivetFlow(keras.Model):
    def __init__(self, depth=4, **kwargs):
        super().__init__(**kwargs)
        masks = [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
        self.blocks = [Coupling(masks[i % 4]) for i in range(depth)]
        self.nll = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.nll]

    def call(self, x):
        log_det = 0.0
        for block in self.blocks:
            x, part = block(x)
            log_det = log_det + part
        base = -0.5 * tf.reduce_sum(tf.square(x), axis=1) - 2.0 * LOG_2PI
        return base + log_det

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self(x))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}

    def test_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        self.nll.update_state(-tf.reduce_mean(self(x)))
        return {"nll": self.nll.result()}


class StopOnBrokenValidation(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        value = logs["val_nll"]
        if np.isnan(value) or np.isinf(value):
            print("validation is", value, "- stopping")
            self.model.stop_training = True


def measure(n, rng):
    """Shank diameter, head diameter, length, head height; tool wear couples them."""
    wear = rng.uniform(0, 1, n)
    shank = 0.04 * wear + rng.normal(0, 0.012, n)
    head = 0.9 * shank + 0.05 * wear ** 2 + rng.normal(0, 0.02, n)
    length = rng.normal(0, 0.05, n)
    height = -0.4 * length + 0.03 * np.sin(3 * wear) + rng.normal(0, 0.015, n)
    x = np.column_stack([shank, head, length, height])
    return (x - x.mean(0)).astype("float32")


if __name__ == "__main__":
    rng = np.random.default_rng(12)
    good, held_out = measure(1536, rng), measure(384, rng)
    flow = RivetFlow()
    flow(good[:2])
    flow.compile(optimizer=keras.optimizers.Adam(3e-3))
    log = flow.fit(good, validation_data=(held_out,), batch_size=64, epochs=35, verbose=2,
                   callbacks=[StopOnBrokenValidation()])
    print("nll from", round(log.history["nll"][0], 2), "to", round(log.history["nll"][-1], 2))
    bent = held_out[:50] + np.array([0.0, 0.12, 0.0, -0.1], "float32")
    print("ordinary rivets:", float(tf.reduce_mean(flow(held_out[:50]))), "bent:", float(tf.reduce_mean(flow(bent))))
