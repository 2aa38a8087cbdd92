"""Grasp type from forearm EMG: convolutional frames, second-order pooling, matrix square root normalisation."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)
GRASPS = ["cylinder", "pinch", "hook", "lateral", "open"]
ELECTRODES, SAMPLES = 8, 128


def record(n_per_grasp=140, seed=8):
    rng = np.random.default_rng(seed)
    signals, labels = [], []
    for g in range(len(GRASPS)):
        synergy = np.abs(rng.normal(0.4, 0.5, ELECTRODES))
        mixing = np.eye(ELECTRODES) + 0.35 * rng.normal(size=(ELECTRODES, ELECTRODES))
        for _ in range(n_per_grasp):
            burst = rng.normal(size=(SAMPLES, ELECTRODES)) * synergy * rng.lognormal(0, 0.2)
            onset = rng.integers(0, 30)
            envelope = 1.0 / (1.0 + np.exp(-(np.arange(SAMPLES) - onset) / 6.0))
            signals.append(burst @ mixing * envelope[:, None] + 0.05 * rng.normal(size=(SAMPLES, ELECTRODES)))
            labels.append(g)
    signals = np.asarray(signals, "float32")
    labels = np.asarray(labels)
    p = rng.permutation(len(labels))
    return signals[p], labels[p]


class SecondOrderPooling(keras.layers.Layer):
    """Covariance over the frames, brought to the power 1/2 (dampens the big eigenvalues)."""

    def call(self, frames):
        n = tf.cast(tf.shape(frames)[1], frames.dtype)
        centred = frames - tf.reduce_mean(frames, axis=1, keepdims=True)
        cov = tf.matmul(centred, centred, transpose_a=True) / n
        values, vectors = tf.linalg.eigh(cov)
        root = tf.sqrt(tf.nn.relu(values))  # whynan: sqrt_grad_at_zero phase=gradient also=clip_misuse
        return tf.matmul(vectors * root[:, tf.newaxis, :], vectors, transpose_b=True)


class GraspNet(keras.Model):
    def __init__(self, channels=16, **kw):
        super().__init__(**kw)
        self.front = keras.layers.Conv1D(24, 16, strides=8, activation="tanh")
        self.mid = keras.layers.Conv1D(channels, 3, strides=2, activation="tanh")
        self.pool = SecondOrderPooling()
        self.flat = keras.layers.Flatten()
        self.drop = keras.layers.Dropout(0.2)
        self.head = keras.layers.Dense(len(GRASPS))

    def call(self, x, training=False):
        h = self.mid(self.front(x))
        return self.head(self.drop(self.flat(self.pool(h)), training=training))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=logits)
        grads = tape.gradient(loss, self.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 5.0)
        self.optimizer.apply(grads, self.trainable_variables)
        for m in self.metrics:
            if m.name == "loss":
                m.update_state(loss)
            else:
                m.update_state(y, logits)
        return {**{m.name: m.result() for m in self.metrics}, "grad_norm": norm}


x, y = record()
x /= x[:560].std(axis=(0, 1))
net = GraspNet(name="graspnet")
net.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
    jit_compile=False,
)
net.fit(x[:560], y[:560], validation_data=(x[560:], y[560:]), batch_size=40, epochs=5, verbose=2)
confusion = np.zeros((len(GRASPS), len(GRASPS)), int)
np.add.at(confusion, (y[560:], net.predict(x[560:], verbose=0).argmax(-1)), 1)
print(confusion)
