"""Supervised contrastive embedding of whale calls by individual (two augmented views per call).

Ported from the PyTorch code of the paper, with large batches it trained once. Now that the rarely recorded
animals are in the catalogue as well, the loss is nan from the first epoch.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(14)

MEL, FRAMES = 16, 24
CALLS_PER_ANIMAL = [48] * 12 + [3] * 8


def record_calls(rng):
    spectrograms, animals = [], []
    mel = np.arange(MEL)[:, None]
    frame = np.linspace(0.0, 1.0, FRAMES)[None]
    for animal, calls in enumerate(CALLS_PER_ANIMAL):
        start, sweep, width = rng.uniform(3.0, 12.0), rng.uniform(-5.0, 5.0), rng.uniform(0.8, 2.0)
        for _ in range(calls):
            ridge = start + sweep * frame + rng.normal(0.0, 0.4)
            energy = np.exp(-0.5 * ((mel - ridge) / width) ** 2) + rng.gamma(1.0, 0.03, (MEL, FRAMES))
            spectrograms.append(np.log(energy + 1e-3))
            animals.append(animal)
    x = np.stack(spectrograms).astype("float32")[..., None]
    return (x - x.mean()) / x.std(), np.array(animals, "int32")


def augment(x):
    x = x + tf.random.normal(tf.shape(x), stddev=0.1)
    keep_band = tf.cast(tf.random.uniform((tf.shape(x)[0], MEL, 1, 1)) > 0.1, tf.float32)
    return x * keep_band


def encoder():
    return keras.Sequential([
        keras.Input((MEL, FRAMES, 1)),
        layers.Conv2D(12, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(24, 3, strides=2, padding="same", activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(16),
        layers.UnitNormalization(),
    ])


def supervised_contrastive(z, animals, temperature=0.1):
    n = tf.shape(animals)[0]
    animals = tf.concat([animals, animals], axis=0)
    logits = tf.matmul(z, z, transpose_b=True) / temperature
    logits = logits - tf.stop_gradient(tf.reduce_max(logits, axis=1, keepdims=True))
    others = 1.0 - tf.tile(tf.eye(n), [2, 2])
    same_animal = tf.cast(tf.equal(animals[:, None], animals[None, :]), tf.float32) * others
    denominator = tf.reduce_sum(tf.exp(logits) * others, axis=1, keepdims=True)
    log_prob = logits - tf.math.log(denominator + 1e-12)
    per_view = tf.reduce_sum(same_animal * log_prob, axis=1) / tf.reduce_sum(same_animal, axis=1)  # whynan: divide_by_zero phase=forward|loss also=empty_reduction,zero_weight_sum
    return -tf.reduce_mean(per_view)


class ContrastiveModel(keras.Model):
    def __init__(self, network, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.loss_mean = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_mean]

    def train_step(self, data):
        calls, animals = data
        views = tf.concat([augment(calls), augment(calls)], axis=0)
        with tf.GradientTape() as tape:
            z = self.network(views, training=True)
            loss = supervised_contrastive(z, animals)
        weights = self.network.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.loss_mean.update_state(loss)
        return {"loss": self.loss_mean.result()}


calls, animals = record_calls(np.random.default_rng(9))
dataset = (
    tf.data.Dataset.from_tensor_slices((calls, animals))
    .shuffle(len(animals), seed=1)
    .batch(64, drop_remainder=True)
    .prefetch(1)
)
model = ContrastiveModel(encoder())
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(dataset, epochs=4, verbose=2)
