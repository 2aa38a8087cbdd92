"""
Fit the growth parameter of a density-dependent locust model per district.

    n[t+1] = r * n[t] * (1 - n[t])        n = density / carrying capacity

One simulated year of trap indices per district is compared with the counts,
r is fitted by gradient descent through the simulation.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)

DISTRICTS = 40
DAYS = 365


def trap_counts(rng):
    r = rng.uniform(3.80, 3.96, DISTRICTS)
    n = rng.uniform(0.2, 0.8, DISTRICTS)
    out = np.empty((DAYS + 1, DISTRICTS))
    out[0] = n
    for t in range(DAYS):
        n = np.clip(r * n * (1 - n), 0.01, 0.99)
        out[t + 1] = n
    seen = out * (1 + rng.normal(0, 0.02, out.shape))
    seen[0] = out[0]
    return np.clip(seen, 0.01, 0.99).astype("float32"), r


observed, r_true = trap_counts(np.random.default_rng(7))
start = tf.constant(observed[0])
target = tf.constant(observed[1:])

# 3.9 is the value of the field handbook
growth = tf.Variable(tf.fill([DISTRICTS], 3.9), name="growth")
opt = keras.optimizers.Adam(learning_rate=1e-3, global_clipnorm=1.0)
opt.build([growth])


@tf.function
def simulate(n, r):
    track = tf.TensorArray(tf.float32, size=DAYS)
    for day in tf.range(DAYS):
        n = r * n * (1.0 - n)  # whynan: exploding_gradient phase=gradient
        track = track.write(day, n)
    return track.stack()


@tf.function
def fit_step():
    with tf.GradientTape() as tape:
        sim = simulate(start, growth)
        loss = tf.reduce_mean(tf.square(sim - target))
    (g,) = tape.gradient(loss, [growth])
    opt.apply_gradients([(g, growth)])
    return loss


if __name__ == "__main__":
    for it in range(30):
        loss = fit_step()
        if it % 5 == 0:
            err = np.abs(growth.numpy() - r_true).mean()
            print(f"iteration {it:3d}  loss {float(loss):.5f}  mean |r - r_true| {err:.4f}")
    print("fitted:", np.round(growth.numpy()[:8], 3))
    print("true:  ", np.round(r_true[:8], 3))
