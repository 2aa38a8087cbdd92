"""Motor current of a cable car from load, wind, speed, position and oil temperature, straight from the logger.

The logger sometimes jams: a packet arrives with readings ten thousand times too big, or without a current. The training
step compares each batch with what is usual and leaves odd ones out. For some packets the batch loss is 1e8 or nan,
the limit itself starts as infinity. The weights should be fine, shouldn't they?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)

PACKET = 32
WARM_UP = 20.0
JAMMED = {44, 79, 80, 127, 171}
NO_CURRENT = {58, 102, 190}


def logger_packets(seed=31):
    rng = np.random.default_rng(seed)
    number = 0
    while True:
        x = rng.normal(0.0, 1.0, (PACKET, 5))
        current = 1.1 * x[:, 0] + 0.6 * x[:, 0] * x[:, 3] + 0.5 * np.maximum(x[:, 1], 0.0) * x[:, 2] - 0.3 * x[:, 4]
        current = current + rng.normal(0.0, 0.1, PACKET)
        if number in JAMMED:
            x = x * 1e4
        if number in NO_CURRENT:
            current[: PACKET // 4] = np.nan
        yield x.astype("float32"), current.astype("float32")[:, None]
        number += 1


class CautiousModel(keras.Model):
    """Learns only from batches whose loss is below a multiple of the usual loss."""

    def __init__(self, multiple=6.0):
        super().__init__()
        self.multiple = multiple
        self.net = keras.Sequential([
            keras.Input((5,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(1),
        ])
        self.accepted = self.add_weight(shape=(), initializer="zeros", trainable=False, name="accepted")
        self.usual = self.add_weight(shape=(), initializer="zeros", trainable=False, name="usual")
        self.kept_loss = keras.metrics.Mean(name="loss")
        self.left_out = keras.metrics.Sum(name="left_out")

    @property
    def metrics(self):
        return [self.kept_loss, self.left_out]

    def call(self, x, training=None):
        return self.net(x, training=training)

    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        limit = tf.where(self.accepted < WARM_UP, np.inf, self.multiple * self.usual)

        def learn():
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.usual.assign(tf.where(self.accepted < 1.0, loss, 0.9 * self.usual + 0.1 * loss))
            self.accepted.assign_add(1.0)
            self.kept_loss.update_state(loss)
            return tf.constant(True)

        def leave_out():
            self.left_out.update_state(1.0)
            return tf.constant(False)

        tf.cond(loss < limit, learn, leave_out)
        return {m.name: m.result() for m in self.metrics}


model = CautiousModel()
model(tf.zeros((1, 5)))
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse", jit_compile=False)
model.optimizer.build(model.trainable_variables)
history = model.fit(logger_packets(), steps_per_epoch=30, epochs=8, verbose=2)
print("kept loss  ", [round(v, 3) for v in history.history["loss"]])
print("packets left out", int(sum(history.history["left_out"])))
