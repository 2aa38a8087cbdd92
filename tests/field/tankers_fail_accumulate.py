"""Predict the cargo class of a tanker from its AIS track summary.

Our GPU box cannot hold big batches, so gradients of a few micro-batches are
summed up by hand and applied together.
"""
import numpy as np
import tensorflow as tf
import keras


class Config:
    rows = 1600
    micro_batch = 50
    accumulate = 4
    epochs = 6
    lr = 3e-3
    seed = 77


cfg = Config()
keras.utils.set_random_seed(cfg.seed)


def ais_summary(n, seed):
    r = np.random.default_rng(seed)
    cls = r.integers(0, 4, n)
    draught = r.normal(8 + 2.0 * cls, 1.5)
    speed = r.normal(13 - 0.7 * cls, 1.0)
    length = r.normal(140 + 35 * cls, 25)
    port_stops = r.poisson(6 - cls)
    heading_var = r.gamma(2.0, 0.5, n)
    f = np.stack([draught, speed, length, port_stops, heading_var], axis=1)
    f = (f - f.mean(axis=0)) / f.std(axis=0)
    return f.astype("float32"), cls.astype("int32")


features, cargo = ais_summary(cfg.rows, cfg.seed)

net = keras.Sequential([
    keras.Input((features.shape[1],)),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(4),
])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(cfg.lr)

params = net.trainable_variables
acc = [tf.Variable(tf.zeros(p.shape), trainable=False) for p in params]


@tf.function
def micro_step(xb, yb):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, net(xb, training=True))
    for a, g in zip(acc, tape.gradient(loss, params)):
        a.assign_add(g)
    return loss


def flush(count):
    mean_grads = [a / count for a in acc]  # whynan: divide_by_zero phase=gradient|update also=empty_reduction
    optimizer.apply_gradients(zip(mean_grads, params))
    for a in acc:
        a.assign(tf.zeros_like(a))


ds = (tf.data.Dataset.from_tensor_slices((features, cargo))
      .shuffle(cfg.rows, seed=cfg.seed)
      .batch(cfg.micro_batch))

for epoch in range(cfg.epochs):
    n_acc, losses = 0, []
    for xb, yb in ds:
        losses.append(float(micro_step(xb, yb)))
        n_acc += 1
        if n_acc == cfg.accumulate:
            flush(n_acc)
            n_acc = 0
    # whatever is left over at the end of the epoch
    flush(n_acc)
    hits = np.argmax(net.predict(features, verbose=0), axis=1) == cargo
    print(f"epoch {epoch}  loss {np.mean(losses):.4f}  acc {hits.mean():.3f}")
