"""Number of nurse calls per shift for every stay, LSTM over the shifts of the stay.

Stays have different lengths, so everything is padded with -1 and masked; I checked that model(x)._keras_mask is right
and that the loss of padded shifts gets weight 0. Loss is nan from the first batch. Plain "mse" works.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)

PAD = -1.0
MAX_SHIFTS = 18
FEATURES = ["age", "mobility", "pain_score", "lines", "night", "staffing"]


def make_stays(count, seed):
    rng = np.random.default_rng(seed)
    series, calls = [], []
    for _ in range(count):
        shifts = int(rng.integers(5, MAX_SHIFTS + 1))
        fixed = rng.normal(size=(1, 2)).repeat(shifts, axis=0)
        moving = np.cumsum(rng.normal(scale=0.4, size=(shifts, 2)), axis=0)
        night = (np.arange(shifts) % 3 == 2).astype("float64")[:, None] - 0.33
        staffing = rng.normal(size=(shifts, 1))
        x = np.concatenate([fixed, moving, night, staffing], axis=1)
        rate = np.exp(0.6 + 0.3 * x[:, 0] - 0.2 * x[:, 1] + 0.25 * np.tanh(x[:, 2]) + 0.4 * x[:, 4])
        series.append(x)
        calls.append(rng.poisson(rate).astype("float64")[:, None])
    return series, calls


def pad(sequences):
    return keras.utils.pad_sequences(
        sequences, maxlen=MAX_SHIFTS, dtype="float32", padding="post", truncating="post", value=PAD
    )


def anscombe(counts):
    """Variance stabilising transform of a Poisson count."""
    return 2.0 * tf.sqrt(counts + 0.375)  # whynan: sqrt_of_negative phase=loss also=nan_mask_mismatch,label_out_of_range


def stabilised_mse(y_true, y_pred):
    error = anscombe(y_pred) - anscombe(y_true)
    return tf.reduce_mean(tf.square(error), axis=-1)


def build_model():
    return keras.Sequential(
        [
            keras.layers.Input((MAX_SHIFTS, len(FEATURES))),
            keras.layers.Masking(mask_value=PAD),
            keras.layers.LSTM(24, return_sequences=True),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1, activation="softplus"),
        ],
        name="calls_per_shift",
    )


if __name__ == "__main__":
    x_train, y_train = map(pad, make_stays(220, seed=1))
    x_val, y_val = map(pad, make_stays(60, seed=2))
    print("stays", x_train.shape, "share of padding", round(float((y_train == PAD).mean()), 3))

    model = build_model()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=stabilised_mse)
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=20, epochs=4, verbose=2)

    expected = model.predict(x_val[:3], verbose=0)[..., 0]
    for row, truth in zip(expected, y_val[:3, :, 0]):
        known = truth != PAD
        print(np.round(row[known], 2), truth[known].astype(int))
