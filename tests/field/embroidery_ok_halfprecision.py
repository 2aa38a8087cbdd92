# Stitch type from 8x8 camera crops. Own loop with float16 compute, the line PC has an old card.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
keras.mixed_precision.set_global_policy("mixed_float16")

STITCHES = ["satin", "cross", "chain", "running", "knot"]
BATCH = 32


def crops(n, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:8, 0:8]
    labels = rng.integers(0, len(STITCHES), n)
    imgs = np.zeros((n, 8, 8))
    for i, c in enumerate(labels):
        ph = rng.uniform(-0.4, 0.4)
        if c == 0:
            im = 0.5 + 0.5 * np.sin(yy * 1.6 + ph)
        elif c == 1:
            im = (np.abs(xx - yy) < 1.2) | (np.abs(xx + yy - 7) < 1.2)
        elif c == 2:
            im = 0.5 + 0.5 * np.sin(xx * 1.6 + ph) * np.sin(yy * 1.6)
        elif c == 3:
            im = (np.abs(yy - 4) < 1) & (xx % 3 != 0)
        else:
            im = np.exp(-((xx - 3.5) ** 2 + (yy - 3.5) ** 2) / 4.0)
        imgs[i] = im * rng.uniform(0.6, 1.0)
    imgs += rng.normal(0, 0.15, imgs.shape)
    return imgs.reshape(n, 64).astype("float32"), labels.astype("int32")


x_train, y_train = crops(1280, 1)
x_test, y_test = crops(320, 2)

model = keras.Sequential([
    keras.layers.Input((64,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(len(STITCHES), dtype="float32"),
])
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.LossScaleOptimizer(
    keras.optimizers.Adam(2e-3), initial_scale=2.0 ** 24, dynamic_growth_steps=60)
opt.build(model.trainable_variables)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = ce(y, model(x, training=True))
        scaled = opt.scale_loss(loss)
    grads = tape.gradient(scaled, model.trainable_variables)
    biggest = tf.reduce_max([tf.reduce_max(tf.abs(g)) for g in grads])
    opt.apply(grads, model.trainable_variables)
    return loss, biggest


ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1280, seed=3).batch(BATCH)
seen = 0
for epoch in range(6):
    losses, biggest = [], []
    for x, y in ds:
        l, b = step(x, y)  # whynan: healthy
        losses.append(float(l))
        biggest.append(float(b))
        seen += 1
    print(f"epoch {epoch} loss {np.mean(losses):.4f} "
          f"largest scaled gradient {np.max(biggest):.3g} "
          f"scale 2^{np.log2(float(opt.dynamic_scale)):.0f} "
          f"updates {int(opt.iterations)}/{seen}")

pred = np.argmax(model.predict(x_test, verbose=0), axis=1)
print("test accuracy", np.mean(pred == y_test))
for c, name in enumerate(STITCHES):
    print(f"  {name:8s} {np.mean(pred[y_test == c] == c):.3f}")
