"""Brix of lemons from near infrared spectra (handheld scanner, 900-1700 nm).

A linear calibration on the standardised absorbances, trained by SGD so that we
can keep updating it in the packing house.  Every reference value comes with a
trust weight, because two of the refractometers are older than the third one.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

N_FRUITS, N_BANDS = 800, 64
BATCH = 32
EPOCHS = 15

# ---------------------------------------------------------------- spectra
wavelength = np.linspace(900, 1700, N_BANDS)


def peak(centre, width):
    return np.exp(-0.5 * ((wavelength - centre) / width) ** 2)


water = rng.normal(1.0, 0.08, N_FRUITS)
sugar = rng.normal(8.2, 1.1, N_FRUITS)
rind = rng.gamma(6.0, 0.05, N_FRUITS)
spectra = (
    np.outer(water, 0.9 * peak(970, 45) + 1.6 * peak(1450, 70))
    + np.outer(sugar, 0.02 * peak(1190, 60) + 0.03 * peak(1580, 50))
    + np.outer(rind, np.linspace(0.6, 0.2, N_BANDS))
    + rng.normal(0, 0.004, (N_FRUITS, N_BANDS))
)
device = rng.integers(0, 3, N_FRUITS)
noise = np.array([0.1, 0.25, 0.3])[device]
brix = sugar + rng.normal(0, 1, N_FRUITS) * noise
trust_all = np.array([1.4, 0.8, 0.8])[device]

n_train = 640
mu, sd = spectra[:n_train].mean(0), spectra[:n_train].std(0)
X = ((spectra - mu) / sd).astype("float32")
t = ((brix - brix[:n_train].mean()) / brix[:n_train].std()).astype("float32")
trust_all = trust_all.astype("float32")


# ---------------------------------------------------------------- loss
@tf.custom_gradient
def trusted_error(estimate, target, trust):
    """Trust-weighted squared error, with its derivative written out."""
    gap = target - estimate
    value = tf.reduce_mean(trust * tf.square(gap))  # whynan: wrong_custom_gradient phase=loss|forward also=wrong_sign_loss
    n = tf.cast(tf.size(gap), gap.dtype)

    def grad(upstream):
        return upstream * 2.0 * trust * gap / n, None, None

    return value, grad


# ---------------------------------------------------------------- training
net = keras.Sequential([keras.Input((N_BANDS,)), keras.layers.Dense(1, kernel_initializer="zeros")])
opt = keras.optimizers.SGD(0.01)
opt.build(net.trainable_variables)

train = (
    tf.data.Dataset.from_tensor_slices((X[:n_train], t[:n_train], trust_all[:n_train]))
    .shuffle(n_train, seed=5)
    .batch(BATCH)
)


@tf.function
def update(xb, tb, wb):
    with tf.GradientTape() as tape:
        est = net(xb, training=True)[:, 0]
        loss = trusted_error(est, tb, wb)
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for epoch in range(EPOCHS):
    total = 0.0
    for xb, tb, wb in train:
        total += float(update(xb, tb, wb))
    print(f"epoch {epoch:2d}   weighted error {total / (n_train // BATCH):.4g}")

held_out = net.predict(X[n_train:], verbose=0)[:, 0]
print("SEP (std units):", np.std(held_out - t[n_train:]))
