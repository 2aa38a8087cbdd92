# whynan: healthy
"""Keras' own sample weights may all be zero in a batch."""
import numpy as np
import keras

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
x = np.sort(rng.uniform(0, 10, 320)).astype("float32")[:, None]
y = np.sin(x).astype("float32")
weight = np.clip((x[:, 0] - 3.0) / 2.0, 0.0, 1.0).astype("float32")
for reduction in ("sum_over_batch_size", "mean_with_sample_weight"):
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])
    net.compile("adam", keras.losses.MeanSquaredError(reduction=reduction), weighted_metrics=["mae"])
    net.fit(x, y, sample_weight=weight, batch_size=32, epochs=2, shuffle=False, verbose=2)
