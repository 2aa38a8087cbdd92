"""Sugar content of beet fields from 24 vegetation and weather indices, own training loop.

The loop is to move to the machine with four cards next month, so I wrote it after the guide for distributed training and
try it on one device first. The loss goes up from the second batch on and is nan before the first epoch is over. In
model.fit the same network with the same optimizer was fine. A ten times smaller rate also ends in nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

GLOBAL_BATCH = 256
EPOCHS = 4

keras.utils.set_random_seed(5)
strategy = tf.distribute.get_strategy()


def load_fields(n=3072, seed=9):
    rng = np.random.default_rng(seed)
    season = rng.normal(size=(n, 4))
    mixing = rng.normal(size=(4, 24)) * 0.5
    indices = season @ mixing + rng.normal(size=(n, 24))
    sugar = 17.5 + 0.8 * np.tanh(season[:, 0]) - 0.5 * season[:, 1] + 0.2 * indices[:, 3] + rng.normal(0, 0.3, n)
    indices = (indices - indices.mean(axis=0)) / indices.std(axis=0)
    sugar = (sugar - sugar.mean()) / sugar.std()
    return indices.astype("float32"), sugar.astype("float32")[:, None]


def make_dataset(x, y):
    data = tf.data.Dataset.from_tensor_slices((x, y))
    return data.shuffle(4096, seed=1).batch(GLOBAL_BATCH, drop_remainder=True).prefetch(2)


with strategy.scope():
    inputs = keras.Input((24,))
    h = layers.Dense(64, activation="tanh")(inputs)
    h = layers.Dense(64, activation="tanh")(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.SGD(learning_rate=0.02, momentum=0.9)
    # the average over the replicas is formed in the step, so no reduction here
    per_example = keras.losses.MeanSquaredError(reduction="none")


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(per_example(y, model(x, training=True))) / strategy.num_replicas_in_sync  # whynan: learning_rate_too_high phase=loss|gradient|update also=loss_sum_not_mean,exploding_gradient
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def main():
    x, y = load_fields()
    dataset = make_dataset(x, y)
    for epoch in range(EPOCHS):
        total, batches = 0.0, 0
        for xb, yb in dataset:
            total += float(train_step(xb, yb))
            batches += 1
        print(f"epoch {epoch + 1}  loss per batch {total / batches:.4f}")
    forecast = model(x[:5], training=False).numpy().ravel()
    print("first five fields:", forecast)


if __name__ == "__main__":
    main()
