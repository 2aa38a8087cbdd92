"""Predict listening-panel scores (MOS) of banjo recordings from timbre descriptors.

The papers in audio quality report the linear correlation, so we train on it directly.
"""
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 2024
tf.keras.utils.set_random_seed(SEED)

DESCRIPTORS = ["attack_ms", "centroid_hz", "rolloff_hz", "flatness", "inharmonicity",
               "ring_s", "noise_db", "head_res_hz", "bridge_res_hz", "zcr"]


def make_panel(n_clips=722):
    rng = np.random.default_rng(SEED)
    latent = rng.normal(size=(n_clips, 3))
    mix = rng.normal(size=(3, len(DESCRIPTORS)))
    feats = latent @ mix + 0.4 * rng.normal(size=(n_clips, len(DESCRIPTORS)))
    scale = np.array([8, 900, 1500, 0.05, 0.01, 0.6, 4, 30, 25, 0.03])
    centre = np.array([15, 2600, 5200, 0.2, 0.03, 1.9, -52, 310, 480, 0.11])
    mos = 3.1 + 0.6 * np.tanh(latent[:, 0]) - 0.4 * latent[:, 1] ** 2 * 0.3
    mos += 0.15 * rng.normal(size=n_clips)
    return (centre + scale * feats).astype("float32"), np.clip(mos, 1, 5).astype("float32")


def plcc_loss(y_true, y_pred):
    y_true = tf.reshape(y_true, [-1])
    y_pred = tf.reshape(y_pred, [-1])
    ct = y_true - tf.reduce_mean(y_true)
    cp = y_pred - tf.reduce_mean(y_pred)
    cov = tf.reduce_mean(ct * cp)
    spread_true = tf.math.reduce_std(y_true)
    spread_pred = tf.math.reduce_std(y_pred)  # whynan: healthy
    r = cov / (spread_true * spread_pred + 1e-8)
    return 1.0 - r


def to_dataset(x, y, training):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    if training:
        ds = ds.shuffle(len(x), seed=SEED)
    return ds.batch(32).prefetch(2)


def main():
    x, mos = make_panel()
    x_tr, x_te, m_tr, m_te = train_test_split(x, mos, test_size=0.2, random_state=SEED)
    scaler = StandardScaler().fit(x_tr)
    x_tr = scaler.transform(x_tr).astype("float32")
    x_te = scaler.transform(x_te).astype("float32")

    model = tf.keras.Sequential([
        tf.keras.layers.Input((len(DESCRIPTORS),)),
        tf.keras.layers.Dense(32, activation="tanh"),
        tf.keras.layers.Dense(16, activation="tanh"),
        tf.keras.layers.Dense(1),
    ])
    model.compile(optimizer=tf.keras.optimizers.Adam(2e-3), loss=plcc_loss)
    model.fit(to_dataset(x_tr, m_tr, True), epochs=5, verbose=2)

    out = model.predict(x_te, verbose=0).ravel()
    print("test PLCC:", np.corrcoef(out, m_te)[0, 1])


if __name__ == "__main__":
    main()
