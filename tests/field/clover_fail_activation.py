# White clover swards: yield response to P/K/lime and mowing, small MLP with a
# diminishing-returns activation (the agronomist asked for a power law, not relu).
import time
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)


def diminishing(x):
    return tf.where(x > 0.0, tf.pow(x, 0.6), 0.2 * x)  # whynan: where_gradient_trap phase=gradient also=pow_domain


def get_trial_data(n=960):
    p = rng.uniform(0, 60, n)
    k = rng.uniform(0, 120, n)
    lime = rng.uniform(0, 4, n)
    cuts = rng.integers(1, 6, n)
    rain = rng.gamma(6, 60, n)
    ph = 5.1 + 0.35 * lime + rng.normal(0, 0.2, n)
    dm = 2.0 + 0.4 * p ** 0.5 + 0.15 * k ** 0.6 - 0.3 * (cuts - 3) ** 2 + 0.004 * rain + 0.8 * (ph - 5)
    dm += rng.normal(0, 0.4, n)
    x = np.column_stack([p, k, lime, cuts, rain, ph])
    return x.astype("float32"), dm.astype("float32")[:, None]


X, Y = get_trial_data()
mu, sd = X.mean(0), X.std(0)
X = (X - mu) / sd
y_mu, y_sd = Y.mean(), Y.std()
Y = (Y - y_mu) / y_sd

idx = rng.permutation(len(X))
tr, te = idx[:800], idx[800:]

model = tf.keras.Sequential([
    tf.keras.layers.Input((6,)),
    tf.keras.layers.Dense(24, activation=diminishing),
    tf.keras.layers.Dense(12, activation=diminishing),
    tf.keras.layers.Dense(1),
])
opt = tf.keras.optimizers.SGD(learning_rate=0.02, momentum=0.9)
mse = tf.keras.losses.MeanSquaredError()

ds = tf.data.Dataset.from_tensor_slices((X[tr], Y[tr])).shuffle(800, seed=1).batch(40)

start = time.time()
for epoch in range(6):
    losses = []
    for xb, yb in ds:
        with tf.GradientTape() as tape:
            loss = mse(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        losses.append(float(loss))
    val = float(mse(Y[te], model(X[te])))
    print(f"epoch {epoch}  train {np.mean(losses):.4f}  val {val:.4f}  ({time.time() - start:.1f}s)")

print("val RMSE in t DM/ha:", float(np.sqrt(val) * y_sd))
