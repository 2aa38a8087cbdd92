"""Continual learning with Elastic Weight Consolidation, permuted features, linear probe.

Task A is learned, then task B with the quadratic anchor. In the paper lambda is 400, so ...
"""
import logging
import numpy as np
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("ewc")
keras.utils.set_random_seed(42)

CFG = dict(features=20, classes=5, lr=0.02, ewc_lambda=400.0, epochs=4, batch=32)
rng = np.random.default_rng(42)


def make_task(permutation, n=512):
    centers = np.random.default_rng(1).normal(size=(CFG["classes"], CFG["features"]))
    y = rng.integers(0, CFG["classes"], n)
    x = centers[y] + rng.normal(scale=0.7, size=(n, CFG["features"]))
    return x[:, permutation].astype("float32"), y.astype("int32")


def batches(x, y):
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=0).batch(CFG["batch"])


class Consolidation:
    """keeps old weights + diagonal Fisher information"""

    def __init__(self, model, x, y, loss_fn):
        self.anchor = [tf.identity(v) for v in model.trainable_variables]
        sums = [tf.zeros_like(v) for v in model.trainable_variables]
        for i in range(0, 128):
            with tf.GradientTape() as tape:
                value = loss_fn(y[i:i + 1], model(x[i:i + 1]))
            grads = tape.gradient(value, model.trainable_variables)
            sums = [s + tf.square(g) for s, g in zip(sums, grads)]
        biggest = max(float(tf.reduce_max(s)) for s in sums)
        # importance between 0 and 1
        self.fisher = [s / biggest for s in sums]

    def penalty(self, variables, strength):
        return 0.5 * strength * tf.add_n([tf.reduce_sum(f * tf.square(v - a)) for f, v, a in zip(self.fisher, variables, self.anchor)])  # whynan: regularization_too_large phase=loss|gradient|update also=learning_rate_too_high,exploding_gradient


def fit_task(model, data, loss_fn, consolidation=None):
    opt = keras.optimizers.SGD(CFG["lr"])
    opt.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
            if consolidation is not None:
                loss += consolidation.penalty([v.value for v in model.trainable_variables], CFG["ewc_lambda"])
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for epoch in range(CFG["epochs"]):
        for x, y in data:
            loss = step(x, y)
        log.info("epoch %d loss %.4g", epoch, float(loss))


def main():
    model = keras.Sequential([keras.Input((CFG["features"],)), keras.layers.Dense(CFG["classes"], name="probe")])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    xa, ya = make_task(np.arange(CFG["features"]))
    log.info("--- task A")
    fit_task(model, batches(xa, ya), loss_fn)

    memory = Consolidation(model, tf.constant(xa), tf.constant(ya), loss_fn)
    xb, yb = make_task(rng.permutation(CFG["features"]))
    log.info("--- task B")
    fit_task(model, batches(xb, yb), loss_fn, memory)


if __name__ == "__main__":
    main()
