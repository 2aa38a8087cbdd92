"""Slit width from single-slit diffraction patterns (practical course, station 7).

First the encoder is warmed up on simulated patterns with known width, then it is
adapted to camera recordings without labels through the physical model.
"""
import argparse

import keras
import numpy as np
import tensorflow as tf

WAVELENGTH_UM = 0.633


def screen_angles(n=61, half_deg=15.0):
    return np.deg2rad(np.linspace(-half_deg, half_deg, n))


class Diffraction:
    def __init__(self, angles):
        self.k = tf.constant(np.pi * np.sin(angles) / WAVELENGTH_UM, tf.float32)

    def sinc(self, u):
        return tf.where(tf.abs(u) < 1e-5, tf.ones_like(u), tf.sin(u) / u)  # whynan: where_gradient_trap phase=gradient

    def intensity(self, width, background):
        u = width[:, None] * self.k[None, :]
        return tf.square(self.sinc(u)) + background[:, None]


def simulate(n, angles, rng, camera=False):
    width = rng.uniform(2.0, 9.0, n)
    u = np.pi * width[:, None] * np.sin(angles)[None] / WAVELENGTH_UM
    pattern = np.sinc(u / np.pi) ** 2
    pattern += rng.uniform(0.0, 0.05, (n, 1)) + rng.normal(0, 0.01, pattern.shape)
    if camera:
        pattern = np.round(np.clip(pattern, 0, 1.2) * 200) / 200
    return pattern.astype("float32"), width.astype("float32")


def make_encoder(n_angles):
    inp = keras.Input((n_angles,))
    h = keras.layers.Dense(48, activation="elu")(inp)
    h = keras.layers.Dense(24, activation="elu")(h)
    raw = keras.layers.Dense(2)(h)
    return keras.Model(inp, raw, name="encoder")


def decode_parameters(raw):
    width = 0.5 + 5.0 * tf.nn.softplus(raw[:, 0])
    background = 0.1 * tf.nn.sigmoid(raw[:, 1])
    return width, background


def warm_up(encoder, x, width, epochs, batch):
    opt = keras.optimizers.Adam(2e-3)
    ds = tf.data.Dataset.from_tensor_slices((x, width)).shuffle(2000, seed=5).batch(batch)

    @tf.function
    def step(xb, wb):
        with tf.GradientTape() as tape:
            w, _ = decode_parameters(encoder(xb, training=True))
            loss = tf.reduce_mean(tf.square(w - wb))
        g = tape.gradient(loss, encoder.trainable_variables)
        # the background output gets no signal in this stage, that is fine
        opt.apply_gradients(zip(g, encoder.trainable_variables))
        return loss

    for e in range(epochs):
        losses = [float(step(xb, wb)) for xb, wb in ds]
        print(f"warm-up {e}: width mse {np.mean(losses):.4f}")


def adapt(encoder, physics, x, epochs, batch):
    opt = keras.optimizers.Adam(5e-4)
    ds = tf.data.Dataset.from_tensor_slices(x).shuffle(2000, seed=6).batch(batch)

    @tf.function
    def step(xb):
        with tf.GradientTape() as tape:
            width, background = decode_parameters(encoder(xb, training=True))
            rebuilt = physics.intensity(width, background)
            loss = tf.reduce_mean(tf.square(rebuilt - xb))
        g = tape.gradient(loss, encoder.trainable_variables)
        opt.apply_gradients(zip(g, encoder.trainable_variables))
        return loss

    for e in range(epochs):
        losses = [float(step(xb)) for xb in ds]
        print(f"adapt {e}: pattern mse {np.mean(losses):.5f}")


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--n-sim", type=int, default=1500)
    ap.add_argument("--n-camera", type=int, default=400)
    ap.add_argument("--batch", type=int, default=50)
    args = ap.parse_args()
    keras.utils.set_random_seed(31)
    rng = np.random.default_rng(31)
    angles = screen_angles()
    encoder = make_encoder(len(angles))
    warm_up(encoder, *simulate(args.n_sim, angles, rng), epochs=6, batch=args.batch)
    recorded, true_width = simulate(args.n_camera, angles, rng, camera=True)
    adapt(encoder, Diffraction(angles), recorded, epochs=4, batch=args.batch)
    width, _ = decode_parameters(encoder(recorded))
    print("mean abs error of width [um]:", np.abs(width.numpy() - true_width).mean())
