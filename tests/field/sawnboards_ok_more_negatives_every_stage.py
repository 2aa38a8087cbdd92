"""Finds the back of a sawn board for its front: two encoders, the other boards of the batch are the negatives.

I follow the recipe of doubling the batch instead of lowering the rate. The loss goes the wrong way: about 2 at the
start, lower for a moment, and then it climbs with every stage until it is far above what I began with.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(77)

STAGES = [(8, 120), (16, 100), (32, 80), (64, 60), (128, 50), (256, 40), (512, 30)]  # (boards, steps)
TEMPERATURE = 0.3


def boards(n, seed):
    world = np.random.default_rng(0)
    to_front, to_back = world.normal(0, 0.35, (8, 14)), world.normal(0, 0.35, (8, 14))
    rng = np.random.default_rng(seed)
    grain = rng.normal(size=(n, 8))
    front = np.tanh(grain @ to_front) + rng.normal(0, 0.35, (n, 14))
    back = np.tanh(grain @ to_back) + rng.normal(0, 0.35, (n, 14))
    return front.astype("float32"), back.astype("float32")


def encoder(name):
    return keras.Sequential(
        [layers.Input((14,)), layers.Dense(48, activation="relu"), layers.Dense(16), layers.UnitNormalization()],
        name=name,
    )


def matching_loss(_, sides):
    front, back = sides[:, 0], sides[:, 1]
    logits = tf.matmul(front, back, transpose_b=True) / TEMPERATURE
    partner = tf.range(tf.shape(logits)[0])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=partner, logits=logits)


def build():
    front, back = layers.Input((14,), name="front"), layers.Input((14,), name="back")
    sides = keras.ops.stack([encoder("front_side")(front), encoder("back_side")(back)], axis=1)
    model = keras.Model([front, back], sides)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=matching_loss)
    return model


def share_ranked_better(model, front, back):
    """Mean share of the wrong backs that are placed before the right one (0.5 is chance, 0 is perfect)."""
    sides = model.predict([front, back], verbose=0, batch_size=256)
    scores = sides[:, 0] @ sides[:, 1].T
    right = np.diag(scores)[:, None]
    return float((scores > right).sum(axis=1).mean() / (len(front) - 1))


def main():
    front, back = boards(3000, seed=1)
    front_new, back_new = boards(256, seed=2)
    model = build()
    print(f"untrained: {share_ranked_better(model, front_new, back_new):.3f} of the wrong boards come first")
    rng = np.random.default_rng(3)
    for size, steps in STAGES:
        losses = []
        for _ in range(steps):
            rows = rng.choice(len(front), size, replace=False)
            nothing = np.zeros(size, dtype="float32")
            losses.append(float(model.train_on_batch([front[rows], back[rows]], nothing)))
        print(f"batch {size:4d}  loss {np.mean(losses):.3f}  wrong boards first "
              f"{share_ranked_better(model, front_new, back_new):.3f}")


main()  # whynan: healthy
