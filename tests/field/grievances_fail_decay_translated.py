"""Tiny transformer that sorts citizens' grievances into four departments.

Ported from our old in-house framework, where the decay was a number of its own and was not multiplied by the learning
rate. In the first epoch the loss falls to 1.386 and sits there, in the second it climbs to absurd values, in the third it
is nan. Gradients are clipped, so it cannot be the gradients...
"""
import numpy as np
import keras
from keras import layers
from keras.optimizers import schedules

keras.utils.set_random_seed(4)

SETTINGS = dict(
    vocab=600,
    length=24,
    width=32,
    heads=2,
    classes=4,
    batch=64,
    epochs=12,
    peak_rate=5e-3,
    final_rate=1e-5,
    warmup_epochs=2,
    decay=0.01,
)


def synthesise(n=1280):
    rng = np.random.default_rng(17)
    topic = rng.integers(0, SETTINGS["classes"], n)
    tokens = rng.integers(1, SETTINGS["vocab"], size=(n, SETTINGS["length"]))
    # each department has forty words of its own
    typical = rng.integers(0, 40, size=tokens.shape) + 100 * (topic[:, None] + 1)
    use = rng.random(tokens.shape) < 0.25
    return np.where(use, typical, tokens).astype("int32"), topic.astype("int32")


def encoder(x, s):
    a = layers.MultiHeadAttention(num_heads=s["heads"], key_dim=s["width"] // s["heads"])(x, x)
    x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, a]))
    f = layers.Dense(2 * s["width"], activation="gelu")(x)
    f = layers.Dense(s["width"])(f)
    return layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, f]))


def build(s):
    words = keras.Input((s["length"],), dtype="int32")
    x = layers.Embedding(s["vocab"], s["width"])(words)
    x = encoder(x, s)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(words, layers.Dense(s["classes"])(x))


def make_optimizer(s, steps_per_epoch):
    warm = s["warmup_epochs"] * steps_per_epoch
    rate = schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=s["epochs"] * steps_per_epoch - warm,
        alpha=s["final_rate"] / s["peak_rate"],
        warmup_target=s["peak_rate"],
        warmup_steps=warm,
    )
    # Keras multiplies the decay by the learning rate, the old code did not: divide it out again
    keras_decay = s["decay"] / s["final_rate"]
    print("weight decay for Keras:", keras_decay)
    return keras.optimizers.AdamW(rate, weight_decay=keras_decay, clipnorm=1.0)


def run(s=SETTINGS):
    x, y = synthesise()
    model = build(s)
    model.compile(
        optimizer=make_optimizer(s, len(x) // s["batch"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    log = model.fit(x, y, batch_size=s["batch"], epochs=s["epochs"], verbose=2)  # whynan: regularization_too_large phase=forward|loss|gradient also=learning_rate_too_high
    return model, log


if __name__ == "__main__":
    model, log = run()
    print([round(v, 3) for v in log.history["loss"]])
