"""Transdermal patches: predict the total released dose from the sampling protocol and the bath temperature.

Release goes with the square root of time (Higuchi), so the network gets sqrt(t) for every vial that was drawn. The
robot stores the pause between two vials in seconds as int16. The short protocol alone trains fine. As soon as the
two-day protocol is in the pot the loss is nan in the first epoch.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(29)
VIALS = 24


def run_protocol(n, pause_seconds, rng):
    pauses = rng.normal(pause_seconds, 0.06 * pause_seconds, size=(n, VIALS))
    pauses = np.clip(pauses, 60, 3 * 3600).astype("int16")
    temperature = 32.0 + rng.normal(0.0, 0.5, size=(n, 1)) + rng.normal(0.0, 0.1, size=(n, VIALS))
    hours = pauses.sum(axis=1, dtype="int64") / 3600.0
    rate = rng.normal(55.0, 4.0, size=n) * (1.0 + 0.05 * (temperature.mean(axis=1) - 32.0))
    released = rate * np.sqrt(hours)  # micrograms per cm2
    return pauses, temperature.astype("float32"), released.astype("float32")


def load(rng):
    short = run_protocol(260, 1150, rng)
    long = run_protocol(140, 4600, rng)
    order = rng.permutation(400)
    return [np.concatenate(pair)[order] for pair in zip(short, long)]


def to_features(pauses, temperature, released):
    root_t = tf.sqrt(tf.cast(tf.cumsum(pauses), tf.float32)) / 60.0  # whynan: int_overflow phase=data also=sqrt_of_negative,nan_in_input
    bath = (temperature - 32.0) / 0.5
    return tf.stack([root_t, bath], axis=-1), released


def pipeline(arrays, training):
    data = tf.data.Dataset.from_tensor_slices(tuple(arrays))
    data = data.map(to_features, num_parallel_calls=2)
    if training:
        data = data.shuffle(400, seed=5)
    return data.batch(20).prefetch(2)


def build():
    return keras.Sequential(
        [
            keras.Input((VIALS, 2)),
            keras.layers.GRU(24),
            keras.layers.Dense(16, activation="relu"),
            # the dose is in micrograms, a few hundred
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(200.0)),
        ]
    )


def main():
    rng = np.random.default_rng(29)
    arrays = load(rng)
    print("protocols:", arrays[0].shape, arrays[0].dtype, "longest pause", arrays[0].max(), "s")
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0),
        loss=keras.losses.Huber(delta=10.0),
        metrics=["mae"],
    )
    model.fit(pipeline(arrays, True), epochs=4, verbose=2)
    return model


if __name__ == "__main__":
    main()
