"""Compressive strength of silica aerogels (kPa) from the synthesis recipe, in float16 to try it out."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(5)

N = 1280
silane = rng.uniform(0.5, 3.0, N)
water = rng.uniform(2.0, 8.0, N)
ph = rng.uniform(4.0, 9.0, N)
ageing_h = rng.uniform(6, 96, N)
temp = rng.uniform(20, 60, N)
strength = 18 * silane + 3 * np.sqrt(ageing_h) - 1.2 * (ph - 7) ** 2 + 0.15 * temp - 1.1 * water
strength = (strength + rng.normal(0, 1.5, N)).astype("float32")

recipe = np.stack([silane, water, ph, ageing_h, temp], 1)
recipe = ((recipe - recipe.mean(0)) / recipe.std(0)).astype("float32")

net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(1, dtype="float32"),
])
opt = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam(0.01))
opt.build(net.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        pred = net(x, training=True)[:, 0]
        loss = tf.reduce_mean(tf.square(y - pred))
        scaled = opt.scale_loss(loss)
    grads = tape.gradient(scaled, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


BATCH = 64
for epoch in range(30):
    order = rng.permutation(N)
    total = 0.0
    for k in range(0, N, BATCH):
        i = order[k:k + BATCH]
        total += float(train_step(tf.constant(recipe[i]), tf.constant(strength[i])))  # whynan: healthy
    if epoch % 3 == 0 or epoch == 29:
        scale = float(keras.ops.convert_to_numpy(opt.dynamic_scale))
        print(f"epoch {epoch:2d}  mse {total / (N // BATCH):9.2f}  loss scale {scale:.0f}")

pred = net.predict(recipe, verbose=0)[:, 0]
print("mean abs error %.2f kPa (spread %.2f kPa)" % (np.abs(pred - strength).mean(), strength.std()))
