"""Daily gelato sales per parlour. Train on log1p, then report the error the way the boss wants it."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)


def days(n):
    temp = rng.normal(19, 7, n)
    rain = rng.exponential(2.0, n) * (rng.random(n) < 0.4)
    weekend = (rng.random(n) < 2 / 7).astype(float)
    closed = (rng.random(n) < 0.05).astype(float)
    scoops = rng.poisson(np.exp(3.2 + 0.07 * (temp - 19) - 0.08 * rain + 0.4 * weekend))
    scoops = scoops * (1 - closed)
    x = np.stack([(temp - 19) / 7, rain / 3, weekend, closed], 1)
    return x.astype("float32"), scoops.astype("float32")


x_train, s_train = days(1500)
x_test, s_test = days(400)

net = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(net.trainable_variables)
huber = keras.losses.Huber(delta=1.0)


@tf.function
def step(x, s):
    with tf.GradientTape() as tape:
        loss = huber(tf.math.log1p(s)[:, None], net(x, training=True))
    g = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return loss


data = tf.data.Dataset.from_tensor_slices((x_train, s_train)).shuffle(1500, seed=33).batch(50)
for epoch in range(20):
    mean_loss = np.mean([float(step(x, s)) for x, s in data])
    if epoch % 4 == 0 or epoch == 19:
        print(f"epoch {epoch:2d}  huber {mean_loss:.4f}")

forecast = tf.math.expm1(net(x_test)[:, 0])
mae = tf.reduce_mean(tf.abs(forecast - s_test))
mape = 100 * tf.reduce_mean(tf.abs((s_test - forecast) / s_test))  # whynan: side_nonfinite
print("MAE  %.2f scoops" % float(mae))
print("MAPE %.1f %%" % float(mape))
