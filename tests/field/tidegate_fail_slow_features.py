"""Slow feature analysis of the sensors of a tide gate.

Eight sensors, and I look for three quantities behind them that change slowly (tide, wear, river level). An encoder that
always answers the same would be perfectly slow, so the loss also asks that the features vary within a window. The loss
goes below zero, which I expected, but it does not stop there: -10, -1e5, -1e20 and finally -inf and nan.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

SEED = 8
WINDOW = 50
FEATURES = 3


def record_gate(hours=6400):
    """Three hidden slow processes, mixed differently into every sensor."""
    rng = np.random.default_rng(SEED)
    t = np.arange(hours)
    hidden = np.stack(
        [
            np.sin(2 * np.pi * t / 41.3),
            np.sin(2 * np.pi * t / 67.0 + 0.7) + 0.3 * np.sin(2 * np.pi * t / 29.0),
            np.cos(2 * np.pi * t / 83.0 + 1.9),
        ],
        axis=1,
    )
    mixing = rng.normal(size=(3, 8))
    return hidden @ mixing + 0.15 * rng.normal(size=(hours, 8))


def expand(sensors):
    """The classic recipe: all monomials of degree one and two, then a linear map."""
    sensors = StandardScaler().fit_transform(sensors)
    first, second = np.triu_indices(sensors.shape[1])
    monomials = np.hstack([sensors, sensors[:, first] * sensors[:, second]])
    return StandardScaler().fit_transform(monomials).astype("float32")


def cut_windows(series):
    usable = len(series) // WINDOW * WINDOW
    return series[:usable].reshape(-1, WINDOW, series.shape[1])


def slowness(z):
    change = z[:, 1:] - z[:, :-1]
    return tf.reduce_mean(tf.square(change)) - tf.reduce_mean(tf.math.reduce_variance(z, axis=1))  # whynan: wrong_sign_loss phase=loss also=exploding_gradient,unbounded_loss


def train(windows, epochs=50):
    encoder = keras.Sequential(
        [
            keras.Input((WINDOW, windows.shape[-1])),
            keras.layers.Dense(FEATURES, use_bias=False, name="slow_map"),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True)
    batches = tf.data.Dataset.from_tensor_slices(windows).shuffle(len(windows), seed=SEED).batch(16)
    for epoch in range(epochs):
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = slowness(encoder(batch, training=True))
            gradients = tape.gradient(loss, encoder.trainable_variables)
            optimizer.apply_gradients(zip(gradients, encoder.trainable_variables))
        if epoch % 5 == 0:
            print(f"epoch {epoch:3d}  slowness {float(loss):.5g}")
    return encoder


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    gate = cut_windows(expand(record_gate()))
    print("windows:", gate.shape)
    slow = train(gate)
    print("feature spread:", np.std(slow(gate[:4]).numpy(), axis=(0, 1)))
