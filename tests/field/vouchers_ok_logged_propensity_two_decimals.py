"""Which of five vouchers makes a customer come back?  A reward model from the log of the old system.

While it trains I watch what the new policy would have earned, by the inverse of the old system's probability (from the
log, two decimals).  That number is inf or nan in every epoch, the capped version is fine and the loss falls nicely.
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(211)
rng = np.random.default_rng(211)

VOUCHERS = 5
COLUMNS = 6
CAP = 20.0


def old_system(n):
    customer = rng.normal(size=(n, COLUMNS))
    taste = customer @ rng.normal(size=(COLUMNS, VOUCHERS)) * 1.3
    taste -= taste.max(axis=1, keepdims=True)
    probability = np.exp(taste) / np.exp(taste).sum(axis=1, keepdims=True)
    voucher = (probability.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    appeal = customer @ rng.normal(size=(COLUMNS, VOUCHERS)) * 0.9
    rows = np.arange(n)
    back = rng.random(n) < 1.0 / (1.0 + np.exp(-appeal[rows, voucher]))
    return {
        "customer": customer.astype("float32"),
        "voucher": voucher.astype("int32"),
        "propensity": np.round(probability[rows, voucher], 2).astype("float32"),
        "back": back.astype("float32"),
    }


log = old_system(5000)
print("logged probabilities from", log["propensity"].min(), "to", log["propensity"].max())
dataset = tf.data.Dataset.from_tensor_slices(log).shuffle(5000, seed=211).batch(100)

inputs = keras.Input((COLUMNS,))
hidden = keras.layers.Dense(48, activation="relu")(inputs)
outputs = keras.layers.Dense(VOUCHERS)(hidden)
reward_model = keras.Model(inputs, outputs)
optimizer = keras.optimizers.Adam(3e-3)

watched = {name: keras.metrics.Mean(name=name) for name in ("loss", "earned", "earned_capped")}


def of_chosen(table, voucher):
    return tf.gather(table, voucher, axis=1, batch_dims=1)


@tf.function
def train_step(batch):
    with tf.GradientTape() as tape:
        logits = reward_model(batch["customer"], training=True)
        chosen = of_chosen(logits, batch["voucher"])
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=batch["back"], logits=chosen))
        policy = tf.nn.softmax(tf.sigmoid(logits) / 0.1)
        weight = of_chosen(policy, batch["voucher"]) / batch["propensity"]
        earned = tf.reduce_mean(weight * batch["back"])
        capped = tf.reduce_mean(tf.minimum(weight, CAP) * batch["back"])
    grads = tape.gradient(loss, reward_model.trainable_variables)
    optimizer.apply_gradients(zip(grads, reward_model.trainable_variables))
    watched["loss"].update_state(loss)
    watched["earned"].update_state(earned)
    watched["earned_capped"].update_state(capped)


for epoch in range(12):
    for batch in dataset:
        train_step(batch)
    print(f"epoch {epoch:2d}  " + "  ".join(f"{name} {float(m.result()):.4f}" for name, m in watched.items()))
    for metric in watched.values():
        metric.reset_state()
