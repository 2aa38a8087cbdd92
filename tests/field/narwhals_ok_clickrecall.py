# Narwhal click detector on hydrophone frames; clicks are rare so accuracy says little.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)

FRAMES, BANDS = 2400, 20
is_click = rng.random(FRAMES) < 0.03
background = rng.normal(0, 1, (FRAMES, BANDS))
shape = np.exp(-0.5 * ((np.arange(BANDS) - 13) / 2.5) ** 2)
loudness = rng.uniform(1.0, 3.0, FRAMES)
energy = background + is_click[:, None] * loudness[:, None] * shape
energy = energy.astype("float32")
label = is_click.astype("float32")[:, None]
print("frames with a click:", int(label.sum()), "of", FRAMES)


def click_recall(y_true, y_pred):
    """Share of the clicks that were found."""
    y_true = tf.cast(y_true, tf.float32)
    found = tf.cast(y_pred > 0.5, tf.float32) * y_true
    return tf.reduce_sum(found) / tf.reduce_sum(y_true)  # whynan: side_nonfinite


def build():
    inp = keras.Input((BANDS,))
    h = keras.layers.Dense(32, activation="relu")(inp)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(16, activation="relu")(h)
    return keras.Model(inp, keras.layers.Dense(1, activation="sigmoid")(h))


model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="binary_crossentropy",
    metrics=["accuracy", click_recall],
)
history = model.fit(energy, label, batch_size=32, epochs=12, verbose=2)

for key, values in history.history.items():
    print(f"{key:14s} first {values[0]:.4f}  last {values[-1]:.4f}")
