"""Quality class of streams from what was found in the kick net (36 taxa, counts).

Raw counts trained, but a few hundred blackfly larvae drowned everything else, so the counts are damped now like term
frequencies in text. Since then: loss nan from the very first batch.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
TAXA, CLASSES, BATCH = 36, 5, 32


def monitoring_programme(samples=480):
    rng = np.random.default_rng(5)
    quality = rng.integers(0, CLASSES, samples)
    optimum = np.linspace(0, CLASSES - 1, TAXA)
    common = rng.gamma(1.2, 6.0, TAXA)
    expected = common * np.exp(-0.5 * ((quality[:, None] - optimum) / 0.9) ** 2)
    counts = rng.poisson(expected * rng.gamma(0.8, 1.25, (samples, TAXA)))
    blackfly = rng.random(samples) < 0.15
    counts[blackfly, 20] += rng.integers(150, 600, blackfly.sum())
    return counts.astype("int32"), quality.astype("int32")


def damp(counts, quality):
    """1 + log n for a taxon that was found, 0 for one that was not; then unit length."""
    n = tf.cast(counts, tf.float32)
    found = tf.cast(counts > 0, tf.float32)
    damped = found * (1.0 + tf.math.log(n))  # whynan: log_of_zero phase=data also=zero_times_inf,nan_in_input,inf_in_input,nan_mask_mismatch
    return damped / (tf.norm(damped) + 1e-6), quality


def pipeline(counts, quality, training):
    ds = tf.data.Dataset.from_tensor_slices((counts, quality))
    if training:
        ds = ds.shuffle(len(counts), seed=5)
    return ds.map(damp, num_parallel_calls=1).batch(BATCH).prefetch(1)


counts, quality = monitoring_programme()
print("largest count", counts.max(), " taxa per sample", round(float((counts > 0).sum(axis=1).mean()), 1))
train = pipeline(counts[:400], quality[:400], training=True)
test = pipeline(counts[400:], quality[400:], training=False)

model = keras.Sequential([
    keras.Input((TAXA,)),
    keras.layers.Dense(48, activation="gelu"),
    keras.layers.Dropout(0.2),
    keras.layers.Dense(24, activation="gelu"),
    keras.layers.Dense(CLASSES),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train, validation_data=test, epochs=4, verbose=2)
