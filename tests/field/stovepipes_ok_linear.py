"""Soot deposit in a stove pipe from 14 thermocouples along it (linear model, full batch)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)


def burn_cycles(n=900, sensors=14, seed=3):
    rng = np.random.default_rng(seed)
    fire = rng.normal(0, 85, n)                       # all sensors follow the fire
    along = np.linspace(430, 190, sensors)
    local = rng.normal(0, 28, (n, sensors))
    temps = along + fire[:, None] + local
    soot = 1.9 + 0.004 * (temps[:, 10] - temps[:, 2]) + 0.003 * fire
    return temps, soot + rng.normal(0, 0.05, n)


temps, soot = burn_cycles()
cut = 700
mu, sigma = temps[:cut].mean(0), temps[:cut].std(0)
X = ((temps - mu) / sigma).astype("float32")
y = ((soot - soot[:cut].mean()) / soot[:cut].std()).astype("float32")[:, None]
x_fit, y_fit = tf.constant(X[:cut]), tf.constant(y[:cut])
x_new, y_new = X[cut:], y[cut:]

inputs = keras.Input((14,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
sgd = keras.optimizers.SGD(learning_rate=0.1)  # whynan: unstable
mse = keras.losses.MeanSquaredError()


@tf.function
def descend():
    with tf.GradientTape() as tape:
        loss = mse(y_fit, model(x_fit, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    sgd.apply_gradients(zip(grads, model.trainable_variables))
    return loss


sgd.build(model.trainable_variables)
losses = []
for it in range(40):
    losses.append(float(descend()))
    if it % 5 == 0 or it == 39:
        print(f"iteration {it:3d}   mse {losses[-1]:.6g}")

coef = model.get_weights()[0][:, 0]
print("coefficients per sensor:")
for i, c in enumerate(coef):
    print(f"   T{i + 1:02d}  {c:+.4g}")

pred = model.predict(x_new, verbose=0)
ss_res = float(np.sum((pred.astype("float64") - y_new) ** 2))
ss_tot = float(np.sum((y_new - y_new.mean()) ** 2))
print("R2 on new burns:", 1 - ss_res / ss_tot)
