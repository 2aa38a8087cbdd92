"""
Slab grading from reflectance spectra.

1. autoencoder on many unlabelled scans
2. its encoder -> classifier, head only
3. whole network, everything trainable
Stages 2 and 3 use train_on_batch with a step size that backs off when the loss is noisy.
"""
from collections import deque

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(77)

BANDS = 48
WINDOW = 16
BASE_RATE = 2e-3


def scans(n, rng):
    grade = rng.integers(0, 4, n)
    wl = np.linspace(0, 1, BANDS)
    base = 0.5 + 0.2 * wl
    dip = np.exp(-((wl - 0.2 - 0.18 * grade[:, None]) / 0.07) ** 2)
    spectra = base - 0.15 * rng.uniform(0.6, 1.2, (n, 1)) * dip + rng.normal(0, 0.03, (n, BANDS))
    return ((spectra - 0.6) / 0.1).astype("float32"), grade


def make_encoder():
    return keras.Sequential(
        [keras.Input((BANDS,)), layers.Dense(32, activation="selu"), layers.Dense(12, activation="selu")],
        name="encoder",
    )


rng = np.random.default_rng(77)
unlabelled, _ = scans(1500, rng)
x, grade = scans(900, rng)
x_test, grade_test = scans(300, rng)

# --- 1. autoencoder
ae_encoder = make_encoder()
autoencoder = keras.Sequential([keras.Input((BANDS,)), ae_encoder, layers.Dense(32, activation="selu"), layers.Dense(BANDS)])
autoencoder.compile("adam", "mse")
autoencoder.fit(unlabelled, unlabelled, batch_size=50, epochs=4, verbose=2)

# --- 2./3. classifier
encoder = make_encoder()
encoder.set_weights(ae_encoder.get_weights())
classifier = keras.Sequential([keras.Input((BANDS,)), encoder, layers.Dropout(0.1), layers.Dense(4)])
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

recent = deque(maxlen=WINDOW)
steps_done = 0


def current_rate():
    if steps_done < WINDOW:
        return BASE_RATE
    return BASE_RATE / (1.0 + 3.0 * np.std(list(recent), ddof=1))  # whynan: lr_schedule_invalid phase=update also=empty_reduction


def run_epochs(n_epochs, tag, batch=50):
    global steps_done
    for epoch in range(n_epochs):
        order = np.random.permutation(len(x))
        losses = []
        for lo in range(0, len(x), batch):
            idx = order[lo:lo + batch]
            classifier.optimizer.learning_rate = current_rate()
            logs = classifier.train_on_batch(x[idx], grade[idx], return_dict=True)
            losses.append(float(logs["loss"]))
            recent.append(losses[-1])
            steps_done += 1
        accuracy = np.mean(classifier.predict(x_test, verbose=0).argmax(1) == grade_test)
        print(f"[{tag}] epoch {epoch}: loss {np.mean(losses):.4f}  test acc {accuracy:.3f}")


encoder.trainable = False
classifier.compile(keras.optimizers.Adam(BASE_RATE), xent)
run_epochs(3, "head")

encoder.trainable = True
recent.clear()          # losses of the frozen stage say nothing about the next one
classifier.compile(keras.optimizers.Adam(BASE_RATE), xent)
run_epochs(4, "full")
