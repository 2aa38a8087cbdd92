# Recognise which of the twelve handbells was rung, from a 40-band log spectrum.
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

BANDS = 40
BELLS = 12


def recording(bell):
    """Strike tone, twelfth partial, room noise."""
    spec = rng.normal(-3.0, 0.3, BANDS)
    k = 2 * bell
    spec[k] += 3.0 + rng.normal(0, 0.3)
    spec[k + 1] += 1.5
    spec[min(k + 14, BANDS - 1)] += 1.2 + rng.normal(0, 0.2)
    return spec


rows = []
for session in range(1, 9):
    for strike in range(120):
        bell = int(rng.integers(1, BELLS + 1))
        rows.append((session, bell, *recording(bell)))
sheet = pd.DataFrame(rows, columns=["session", "bell"] + [f"b{i}" for i in range(BANDS)])

train = sheet[sheet["session"] <= 6]
test = sheet[sheet["session"] > 6]
bands = [c for c in sheet.columns if c.startswith("b") and c != "bell"]
mu, sd = train[bands].mean(), train[bands].std()


def arrays(part):
    x = ((part[bands] - mu) / sd).to_numpy("float32")
    return x, part["bell"].to_numpy("int32")


x_train, y_train = arrays(train)
x_test, y_test = arrays(test)

model = keras.Sequential([
    keras.layers.Input((BANDS,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(BELLS),
])
optimizer = keras.optimizers.Adam(2e-3)


@tf.function(jit_compile=True)
def loss_and_grads(x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)  # whynan: label_out_of_range phase=loss
        loss = tf.reduce_mean(xent)
    return loss, tape.gradient(loss, model.trainable_variables)


batches = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(len(x_train), seed=12)
    .batch(72, drop_remainder=True)
)
for epoch in range(4):
    mean = keras.metrics.Mean()
    for xb, yb in batches:
        value, grads = loss_and_grads(xb, yb)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        mean.update_state(value)
    print("epoch", epoch, "loss", float(mean.result()))

guess = np.argmax(model(x_test).numpy(), axis=1)
print("test accuracy", np.mean(guess == y_test))
