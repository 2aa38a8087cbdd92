# Relative humidity in a cigar humidor six hours ahead, from the sensors in the lid.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(70)
rng = np.random.default_rng(70)

n = 1500
rh_now = rng.normal(66, 4, n)
room_rh = rng.normal(48, 8, n)
room_t = rng.normal(21, 2, n)
lid_opened = rng.poisson(0.6, n)
water_left = rng.uniform(0, 1, n)
rh_later = (
    rh_now + 0.08 * (room_rh - rh_now) * (1 + 0.5 * lid_opened)
    + 3.0 * (water_left - 0.5) - 0.3 * (room_t - 21) + rng.normal(0, 0.4, n)
)

X = np.stack([rh_now, room_rh, room_t, lid_opened, water_left], 1)
X = ((X - X.mean(0)) / X.std(0)).astype("float32")
y = rh_later.astype("float32")[:, None]
print("humidity to predict: %.1f to %.1f, spread %.2f" % (y.min(), y.max(), y.std()))

net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
opt = keras.optimizers.Adam(2e-3)
opt.build(net.trainable_variables)
mse = keras.losses.MeanSquaredError()


@tf.function
def train(xb, yb):
    with tf.GradientTape() as tape:
        loss = mse(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(n, seed=70).batch(50)
for epoch in range(20):
    losses = [float(train(xb, yb)) for xb, yb in ds]  # whynan: unstable
    if epoch % 2 == 0 or epoch == 19:
        print(f"epoch {epoch:2d}  mse {np.mean(losses):.2f}")

pred = net(X).numpy()
print("first predictions:", pred[:6, 0])
print("should have been: ", y[:6, 0])
