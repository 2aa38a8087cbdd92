"""
Surrogate for the rheometer: log-viscosity of polymer solutions with an error bar.

Network predicts mean and log(sigma) (Nix & Weigend 1994), so we can tell the
autosampler which point to measure next.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)


# --- measurements -----------------------------------------------------------
def load_campaign(n=900):
    d = pd.DataFrame()
    d["temperature_K"] = rng.uniform(285.0, 365.0, n)
    d["pressure_Pa"] = rng.uniform(1.0e5, 5.0e6, n)
    d["mass_fraction"] = rng.beta(2, 5, n)
    d["shear_rate"] = 10 ** rng.uniform(0, 3, n)
    d["batch"] = rng.integers(0, 400, n)
    log_eta = (
        -6.0
        + 1800.0 / d["temperature_K"]
        + 9.0 * d["mass_fraction"]
        + 6.0e-8 * d["pressure_Pa"]
        - 0.25 * np.log10(d["shear_rate"])
    )
    scatter = 0.05 + 0.25 * d["mass_fraction"]
    d["log_eta"] = log_eta + scatter * rng.standard_normal(n)
    return d


def repeatability(d):
    """Std within a polymer batch; batches with one sample give NaN, that is fine."""
    s = d.groupby("batch")["log_eta"].std(ddof=1)
    return s.median(), int(s.isna().sum())


data = load_campaign()
med, singles = repeatability(data)
print(f"{len(data)} points, repeatability {med:.3f}, single-sample batches {singles}")

INPUTS = ["temperature_K", "pressure_Pa", "mass_fraction", "shear_rate"]
perm = rng.permutation(len(data))
tr, te = perm[:720], perm[720:]

X = data[INPUTS].to_numpy(np.float32)
y = data["log_eta"].to_numpy(np.float32)[:, None]
y_mean, y_std = y[tr].mean(), y[tr].std()
y = (y - y_mean) / y_std


# --- model ------------------------------------------------------------------
def make_net(width=32):
    inp = keras.Input((len(INPUTS),))
    h = keras.layers.Dense(width, activation="relu")(inp)
    h = keras.layers.Dense(width, activation="relu")(h)
    return keras.Model(inp, keras.layers.Dense(2)(h))


def gaussian_nll(y, out):
    mu, log_sigma = out[:, :1], out[:, 1:]
    nll = log_sigma + 0.5 * tf.square((y - mu) / tf.exp(log_sigma))  # whynan: unscaled_input phase=loss|gradient
    return tf.reduce_mean(nll)


net = make_net()
optimizer = keras.optimizers.Adam(1e-3)
train_ds = (
    tf.data.Dataset.from_tensor_slices((X[tr], y[tr]))
    .shuffle(720, seed=3)
    .batch(72)
    .prefetch(2)
)


def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = gaussian_nll(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_weights)
    optimizer.apply_gradients(zip(grads, net.trainable_weights))
    return loss


history = []
for epoch in range(8):
    running = [float(step(xb, yb)) for xb, yb in train_ds]
    history.append(np.mean(running))
    if epoch % 2 == 0:
        print(f"epoch {epoch:2d}  nll {history[-1]:.3f}")


# --- check the error bars ---------------------------------------------------
out = net.predict(X[te], verbose=0)
mu = out[:, 0] * y_std + y_mean
with np.errstate(over="ignore"):
    sigma = np.exp(out[:, 1]) * y_std
truth = y[te, 0] * y_std + y_mean
inside = np.abs(truth - mu) < 2 * sigma
print("rmse %.3f   inside 2 sigma: %.0f %%" % (np.sqrt(np.mean((truth - mu) ** 2)), 100 * inside.mean()))
print("next point to measure:", dict(data[INPUTS].iloc[te[int(np.argmax(sigma))]].round(3)))
