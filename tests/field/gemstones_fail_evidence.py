"""Gemstone identification from bench measurements, with an "I don't know" output.

Evidential deep learning (Sensoy et al. 2018): the network gives the parameters of a
Dirichlet over the classes; K / sum(alpha) is the uncertainty shown to the gemmologist.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(31)

#            refr. index, birefringence, spec. gravity, hardness, dispersion
STONES = {
    "quartz":     (1.549, 0.009, 2.65, 7.0, 0.013),
    "beryl":      (1.578, 0.006, 2.72, 7.7, 0.014),
    "tourmaline": (1.633, 0.020, 3.06, 7.3, 0.017),
    "topaz":      (1.620, 0.009, 3.53, 8.0, 0.014),
    "spinel":     (1.718, 0.000, 3.60, 8.0, 0.020),
    "corundum":   (1.766, 0.008, 4.00, 9.0, 0.018),
    "zircon":     (1.960, 0.055, 4.69, 7.3, 0.039),
}
ERRORS = np.array([0.012, 0.003, 0.09, 0.35, 0.003])


def bench_data(per_stone=260, seed=6):
    rng = np.random.default_rng(seed)
    x, y = [], []
    for k, values in enumerate(STONES.values()):
        x.append(np.array(values) + rng.normal(0, 1, (per_stone, 5)) * ERRORS)
        y.append(np.full(per_stone, k))
    return np.concatenate(x), np.concatenate(y)


class EvidentialNet(keras.Model):
    def __init__(self, classes, width=32):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(width, activation="tanh"),
            keras.layers.Dense(width, activation="tanh"),
        ])
        self.alpha = keras.layers.Dense(classes, activation="relu", name="alpha")

    def call(self, x):
        return self.alpha(self.body(x))


class Trainer:
    def __init__(self, model, lr=3e-3, penalty=0.02, ramp=10):
        self.model = model
        self.optimizer = keras.optimizers.Adam(lr)
        self.penalty = penalty
        self.ramp = ramp

    def loss(self, onehot, alpha, epoch):
        strength = tf.reduce_sum(alpha, axis=-1, keepdims=True)
        log_p = tf.math.digamma(alpha) - tf.math.digamma(strength)  # whynan: special_function_domain phase=loss|forward also=wrong_loss_for_activation
        risk = -tf.reduce_sum(onehot * log_p, axis=-1)
        misleading = tf.reduce_sum((1.0 - onehot) * alpha, axis=-1)
        anneal = min(1.0, epoch / self.ramp) * self.penalty
        return tf.reduce_mean(risk + anneal * misleading)

    def run(self, x, y, epochs=15, batch=64):
        onehot = keras.utils.to_categorical(y, len(STONES)).astype("float32")
        data = tf.data.Dataset.from_tensor_slices((x, onehot)).shuffle(len(x), seed=9).batch(batch)
        for epoch in range(epochs):
            seen = []
            for xb, yb in data:
                with tf.GradientTape() as tape:
                    value = self.loss(yb, self.model(xb, training=True), epoch)
                variables = self.model.trainable_variables
                self.optimizer.apply_gradients(zip(tape.gradient(value, variables), variables))
                seen.append(value.numpy())
            if epoch % 3 == 0:
                print(f"epoch {epoch:2d}  evidential risk {np.mean(seen):.4f}")


x, y = bench_data()
x_fit, x_new, y_fit, y_new = train_test_split(x, y, test_size=0.25, stratify=y, random_state=0)
scaler = StandardScaler().fit(x_fit)
x_fit = scaler.transform(x_fit).astype("float32")
x_new = scaler.transform(x_new).astype("float32")

net = EvidentialNet(len(STONES))
Trainer(net).run(x_fit, y_fit)

alpha = net(x_new).numpy()
doubt = len(STONES) / alpha.sum(axis=1)
right = alpha.argmax(axis=1) == y_new
print(f"accuracy {right.mean():.3f}, doubt when right {doubt[right].mean():.3f}, when wrong {doubt[~right].mean():.3f}")
