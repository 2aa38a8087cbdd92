"""Pellet durability at a feed mill, predicted by a small committee of networks.

Ablation over the number of members for the report. Four and two members train as expected, the last row of the table
is nan from its first step. Same data, same seed, same learning rate.
"""
import keras
import numpy as np
import tensorflow as tf

CONFIG = {"sizes": (4, 2, 1), "hidden": 24, "lr": 3e-3, "cohesion": 0.1, "epochs": 8, "batch": 64}


def mill_runs(n=768, seed=6):
    rng = np.random.default_rng(seed)
    steam = rng.normal(78, 5, n)
    moisture = rng.normal(13.5, 0.9, n)
    fat = rng.uniform(2, 8, n)
    die = rng.choice([3.0, 4.0, 6.0], n)
    pdi = 88 + 0.4 * (steam - 78) + 1.5 * (moisture - 13.5) - 0.9 * (fat - 5) - 0.8 * (die - 4) + rng.normal(0, 0.8, n)
    x = np.stack([steam, moisture, fat, die], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), ((pdi - pdi.mean()) / pdi.std()).astype("float32")


def member(hidden):
    return keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(hidden, activation="tanh"),
        keras.layers.Dense(1),
    ])


def make_step(members, optimizer):
    weights = [w for m in members for w in m.trainable_variables]
    optimizer.build(weights)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            votes = tf.stack([m(xb, training=True)[:, 0] for m in members])
            centre = tf.reduce_mean(votes, axis=0)
            apart = tf.reduce_sum(tf.square(votes - centre), axis=0) / (len(members) - 1)  # whynan: single_element_variance phase=forward|loss also=divide_by_zero
            loss = tf.reduce_mean(tf.square(centre - yb)) + CONFIG["cohesion"] * tf.reduce_mean(apart)
        grads = tape.gradient(loss, weights)
        optimizer.apply_gradients(zip(grads, weights))
        return loss

    return step


x, y = mill_runs()
for size in CONFIG["sizes"]:
    keras.utils.set_random_seed(50)
    members = [member(CONFIG["hidden"]) for _ in range(size)]
    step = make_step(members, keras.optimizers.Adam(CONFIG["lr"]))
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).batch(CONFIG["batch"])
    for epoch in range(CONFIG["epochs"]):
        losses = [float(step(xb, yb)) for xb, yb in batches]
    print(f"members {size}   loss {np.mean(losses):.4f}")
