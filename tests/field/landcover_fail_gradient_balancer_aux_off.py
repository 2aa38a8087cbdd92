# Land cover + elevation from satellite spectra. The auxiliary task must not dominate the
# trunk, so its gradient is brought to unit length before it enters the shared layers.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(64)
BANDS, COVERS = 12, 5


def make_pixels(n=800, seed=64):
    rng = np.random.default_rng(seed)
    cover = rng.integers(0, COVERS, n)
    proto = rng.uniform(0.05, 0.6, size=(COVERS, BANDS))
    spectra = proto[cover] + rng.normal(0, 0.08, size=(n, BANDS))
    elevation = 2 * spectra[:, 3] - spectra[:, 7] + rng.normal(0, 0.05, n)
    return spectra.astype("float32"), {
        "cover": cover.astype("int32"),
        "elevation": elevation.astype("float32")[:, None],
    }


@tf.custom_gradient
def unit_gradient(x):
    def grad(dy):
        return dy / tf.norm(dy)  # whynan: divide_by_zero phase=gradient

    return tf.identity(x), grad


class GradientBalancer(layers.Layer):
    """forward: identity.  backward: direction only, times a constant strength"""

    def __init__(self, strength=0.1, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength

    def call(self, x):
        return unit_gradient(x) * self.strength + tf.stop_gradient(x) * (1.0 - self.strength)


class LandModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu")])
        self.balancer = GradientBalancer()
        self.cover = layers.Dense(COVERS, activation="softmax")
        self.elevation = layers.Dense(1)
        self.aux_weight = self.add_weight(shape=(), initializer="ones", trainable=False, name="aux_weight")
        self.cover_tracker = keras.metrics.Mean(name="cover_loss")
        self.aux_tracker = keras.metrics.Mean(name="aux_loss")

    def call(self, x, training=None):
        h = self.trunk(x)
        return {"cover": self.cover(h), "elevation": self.elevation(self.balancer(h))}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        main = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y["cover"], y_pred["cover"]))
        aux = tf.reduce_mean(tf.square(y["elevation"] - y_pred["elevation"]))
        self.cover_tracker.update_state(main)
        self.aux_tracker.update_state(aux)
        return main + self.aux_weight * aux


class AuxSchedule(keras.callbacks.Callback):
    """linear decay of the auxiliary loss, the last epochs belong to the main task"""

    def __init__(self, last_epoch):
        super().__init__()
        self.last_epoch = last_epoch

    def on_epoch_begin(self, epoch, logs=None):
        weight = max(0.0, 1.0 - epoch / self.last_epoch)
        self.model.aux_weight.assign(weight)

    def on_epoch_end(self, epoch, logs=None):
        logs["aux_weight"] = float(self.model.aux_weight.numpy())


if __name__ == "__main__":
    x, y = make_pixels()
    model = LandModel()
    model.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0))
    history = model.fit(x, y, batch_size=40, epochs=9, verbose=2,
                        callbacks=[AuxSchedule(last_epoch=5)])
    print([round(v, 3) for v in history.history["cover_loss"]])
