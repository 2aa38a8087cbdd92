import keras
import numpy as np
import tensorflow as tf

# GPS tags on 40 pelicans: air speed (mean and spread) from wind, load, wing beats ...
keras.utils.set_random_seed(520)
rng = np.random.default_rng(520)

n = 1500
wind = rng.normal(0, 1, n)
load = rng.uniform(-1, 1, n)
beat = rng.normal(0, 1, n)
hour = rng.uniform(0, 2 * np.pi, n)
X = np.stack([wind, load, beat, np.sin(hour), np.cos(hour)], 1).astype("float32")

speed = 11.0 + 2.2 * wind + 1.5 * beat - 0.9 * load * beat + rng.normal(0, 0.25, n)     # m/s, between two fixes
lost = rng.choice(n, 6, replace=False)
speed[lost] = np.nan                            # second fix never arrived
typo = rng.choice(np.setdiff1d(np.arange(n), lost))
speed[typo] = 111.0

y = ((speed - np.nanmedian(speed)) / 3.0).astype("float32")

inputs = keras.Input((5,))
h = keras.layers.Dense(40, activation="tanh")(inputs)
h = keras.layers.Dense(40, activation="tanh")(h)
model = keras.Model(inputs, {
    "mean": keras.layers.Dense(1)(h),
    "log_spread": keras.layers.Dense(1)(h),
    "altitude": keras.layers.Dense(1)(h),       # barometer data comes next season
})

optimizer = keras.optimizers.Adam(3e-3)
log = []
skipped = 0

for epoch in range(10):
    order = rng.permutation(n)
    for at in range(0, n, 50):
        rows = order[at:at + 50]
        with tf.GradientTape() as tape:
            out = model(X[rows], training=True)
            s = tf.clip_by_value(out["log_spread"][:, 0], -4.0, 3.0)
            z = (y[rows] - out["mean"][:, 0]) * tf.exp(-s)
            loss = tf.reduce_mean(0.5 * z * z + s)
        if not np.isfinite(loss.numpy()):
            skipped += 1
            continue
        grads = tape.gradient(loss, model.trainable_variables)
        pairs = [(g, v) for g, v in zip(grads, model.trainable_variables) if g is not None]
        clipped, _ = tf.clip_by_global_norm([g for g, _ in pairs], 1.0)
        optimizer.apply_gradients(zip(clipped, [v for _, v in pairs]))  # whynan: healthy
        log.append(float(loss))
    recent = log[-24:]
    print(f"epoch {epoch + 1:2d}  nll median {np.median(recent):7.3f}  worst {np.max(recent):9.2f}  skipped so far {skipped}")

ok = np.isfinite(y)
ok[typo] = False
fit = model.predict(X, verbose=0)["mean"][:, 0]
print("typical error m/s:", np.round(3.0 * np.median(np.abs(fit[ok] - y[ok])), 2))
