import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(6)

STROKES = ["forward", "reverse", "sweep", "draw", "brace"]
N_AXES = 6


def paddle_windows(n, rng):
    """Summary numbers of a 2 s window of the paddle's IMU: mean and spread per axis."""
    kind = rng.integers(0, len(STROKES), n)
    centre = np.random.default_rng(0).normal(0, 1.2, (len(STROKES), 2 * N_AXES))
    x = centre[kind] + rng.normal(0, 0.9, (n, 2 * N_AXES))
    return x.astype("float32"), kind.astype("int32")


class PrototypeNet(keras.Model):
    """Soft assignment to one prototype per stroke, sharper as training goes on."""

    def __init__(self, n_classes, dim=8, **kw):
        super().__init__(**kw)
        self.body = keras.Sequential(
            [
                keras.layers.Dense(32, activation="relu"),
                keras.layers.Dense(dim, activation="tanh"),
            ]
        )
        self.prototypes = self.add_weight(
            shape=(n_classes, dim),
            initializer=keras.initializers.RandomNormal(stddev=0.5),
            name="prototypes",
        )
        self.tau = self.add_weight(shape=(), initializer="ones", trainable=False, name="tau")
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.acc_tracker = keras.metrics.SparseCategoricalAccuracy(name="acc")

    @property
    def metrics(self):
        return [self.loss_tracker, self.acc_tracker]

    def call(self, x):
        z = self.body(x)
        gap = tf.expand_dims(z, 1) - tf.expand_dims(tf.convert_to_tensor(self.prototypes), 0)
        sq = tf.reduce_sum(tf.square(gap), axis=-1)
        return tf.nn.softmax(-sq / self.tau, axis=-1)  # whynan: divide_by_zero phase=forward

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            p_true = tf.gather(p, y, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(p_true + 1e-8))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.acc_tracker.update_state(y, p)
        return {m.name: m.result() for m in self.metrics}


class Cooling(keras.callbacks.Callback):
    def __init__(self, start=1.0, rate=0.7):
        super().__init__()
        self.start, self.rate = start, rate

    def on_epoch_begin(self, epoch, logs=None):
        tau = round(self.start * self.rate**epoch, 1)
        self.model.tau.assign(tau)
        print(f"tau = {tau}")


rng = np.random.default_rng(6)
x_train, y_train = paddle_windows(1200, rng)
x_test, y_test = paddle_windows(300, rng)

model = PrototypeNet(len(STROKES))
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(x_train, y_train, batch_size=40, epochs=15, callbacks=[Cooling()], verbose=2)

guess = model.predict(x_test, verbose=0).argmax(axis=1)
print("test accuracy", (guess == y_test).mean())
for i, name in enumerate(STROKES):
    print(f"{name:8s} {(guess[y_test == i] == i).mean():.2f}")
