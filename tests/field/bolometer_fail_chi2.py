import numpy as np
import tensorflow as tf
import keras

# Drift removal for a bolometer: the housekeeping channels (cold plate, bias,
# pointing, ...) are regressed on the time ordered data, inverse variance weighted.

SEED = 2718
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

N_SAMPLES, N_HK = 1200, 12


def time_ordered_data():
    t = np.linspace(0, 40, N_SAMPLES)
    hk = np.stack([np.sin(t * f + p) for f, p in
                   zip(rng.uniform(0.2, 6, N_HK), rng.uniform(0, 6.28, N_HK))], axis=1)
    hk += rng.normal(scale=0.6, size=hk.shape)
    hk = (hk - hk.mean(0)) / hk.std(0)
    coupling = rng.normal(scale=0.5, size=N_HK)
    sigma = np.where(rng.random(N_SAMPLES) < 0.3, 1.0, 0.55)
    tod = hk @ coupling + rng.normal(size=N_SAMPLES) * sigma
    return hk.astype("float32"), tod.astype("float32"), (1.0 / sigma ** 2).astype("float32")


@tf.custom_gradient
def chi2(model, data, ivar):
    """Half reduced chi square. Written out by hand, autodiff kept too many temporaries."""
    resid = data - model
    value = 0.5 * tf.reduce_mean(ivar * tf.square(resid))  # whynan: wrong_custom_gradient phase=loss|forward

    def grad(upstream):
        n = tf.cast(tf.size(resid), tf.float32)
        d_model = upstream * ivar * resid / n
        return d_model, tf.zeros_like(data), tf.zeros_like(ivar)

    return value, grad


hk, tod, ivar = time_ordered_data()
ds = tf.data.Dataset.from_tensor_slices((hk, tod, ivar)).shuffle(N_SAMPLES, seed=SEED).batch(50)

regressor = keras.Sequential([
    keras.layers.Input((N_HK,)),
    keras.layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05, seed=4)),
])
sgd = keras.optimizers.SGD(learning_rate=0.05)


@tf.function
def fit_step(x, d, w):
    with tf.GradientTape() as tape:
        drift = regressor(x, training=True)[:, 0]
        loss = chi2(drift, d, w)
    grads = tape.gradient(loss, regressor.trainable_variables)
    sgd.apply_gradients(zip(grads, regressor.trainable_variables))
    return loss


def main(n_epochs=45):
    for epoch in range(n_epochs):
        running = [fit_step(x, d, w) for x, d, w in ds]
        if epoch % 5 == 0 or epoch == n_epochs - 1:
            print(f"pass {epoch:02d}: chi2/2 = {np.mean(running):.4g}")
    cleaned = tod - regressor.predict(hk, verbose=0)[:, 0]
    print("rms before %.3f, after %.3f" % (tod.std(), cleaned.std()))


if __name__ == "__main__":
    main()
