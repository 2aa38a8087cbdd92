"""Rolling resistance of truck tyres. A linear fit explains 90 percent. My network sits at a loss of one from the first epoch to
the last, whatever the rate and the width. Are the gradients dead, or nan somewhere that I do not see?"""
# whynan: unstable
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(28)
rng = np.random.default_rng(28)

# measurements on the drum
n = 1024
pressure = rng.normal(8.5, 0.6, n)
load = rng.normal(28.0, 4.0, n)
tread = rng.uniform(2.0, 16.0, n)
ambient = rng.normal(18.0, 7.0, n)
resistance = 5.4 - 0.35 * (pressure - 8.5) + 0.02 * (load - 28.0) + 0.06 * tread - 0.012 * ambient
resistance = resistance + 0.08 * rng.normal(size=n)

x = np.stack([pressure, load, tread, ambient], axis=1)
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
y = ((resistance - resistance.mean()) / resistance.std()).astype("float32")

train = tf.data.Dataset.from_tensor_slices((x[:896], y[:896])).shuffle(896, seed=28).batch(64)

inputs = keras.Input((4,))
h = layers.Dense(48, activation="relu")(inputs)
h = layers.Dense(48, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(batch_x, batch_y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(batch_y - model(batch_x, training=True)))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(grads, model.trainable_variables)
    return loss, tf.linalg.global_norm(grads)


for epoch in range(15):
    losses, norms = [], []
    for batch_x, batch_y in train:
        loss, norm = train_step(batch_x, batch_y)
        losses.append(float(loss))
        norms.append(float(norm))
    print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  gradient norm {np.mean(norms):.4f}")

guess = model.predict(x[896:], verbose=0)[:, 0]
truth = y[896:]
print("r2 on held-out tyres:", 1.0 - np.sum((truth - guess) ** 2) / np.sum((truth - truth.mean()) ** 2))
