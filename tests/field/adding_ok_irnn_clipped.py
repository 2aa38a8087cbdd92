# whynan: healthy
# the adding problem with an IRNN: gradient norm has spikes, but it is clipped and everything stays finite
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)


def adding(n, length=40):
    rng = np.random.default_rng(3)
    v = rng.random((n, length))
    m = np.zeros((n, length))
    for row in m:
        row[rng.choice(length, 2, replace=False)] = 1
    return np.stack([v, m], -1).astype("float32"), (v * m).sum(1).astype("float32")


class NormLogger(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        clipped, norm = tf.clip_by_global_norm(grads, 1.0)
        self.optimizer.apply(clipped, self.trainable_variables)
        return {"loss": loss, "raw_norm": norm}


inp = keras.Input((40, 2))
h = keras.layers.SimpleRNN(24, activation="relu", recurrent_initializer=keras.initializers.Identity(1.0),
                           kernel_initializer=keras.initializers.RandomNormal(stddev=0.05))(inp)
model = NormLogger(inp, keras.layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.RMSprop(5e-4), loss="mse")
x, y = adding(640)
hist = model.fit(x, y[:, None], batch_size=32, epochs=6, verbose=2)
print("largest raw gradient norm seen at an epoch end:", max(hist.history["raw_norm"]))
