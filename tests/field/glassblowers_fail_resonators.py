"""Differentiable modal synthesis: fit a small bank of two-pole resonators to the ring of struck wine glasses."""
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf
import keras

FS = 1000.0


@dataclass
class Setup:
    n_modes: int = 6
    lowest_hz: float = 70.0
    highest_hz: float = 410.0
    slowest_decay: float = 10.0     # 1/s
    fastest_decay: float = 80.0
    horizons: list = field(default_factory=lambda: [50, 200, 800])
    steps_per_horizon: int = 10
    batch: int = 12
    rate: float = 1e-3
    clip: float = 1.0


class ResonatorBank(tf.Module):
    def __init__(self, s):
        super().__init__()
        hz = np.geomspace(s.lowest_hz, s.highest_hz, s.n_modes)
        decay = np.geomspace(s.slowest_decay, s.fastest_decay, s.n_modes)
        self.theta = tf.Variable(2 * np.pi * hz / FS, dtype=tf.float32, name="theta")
        self.log_decay = tf.Variable(np.log(decay), dtype=tf.float32, name="log_decay")
        self.gain = tf.Variable(tf.fill([s.n_modes], 0.3), name="gain")

    def poles(self):
        radius = tf.exp(tf.exp(self.log_decay) / FS)
        return 2.0 * radius * tf.cos(self.theta), -radius * radius

    def __call__(self, strike):
        a1, a2 = self.poles()
        n = tf.shape(strike)[1]
        y1 = tf.zeros([tf.shape(strike)[0], self.gain.shape[0]])
        y2 = tf.zeros_like(y1)
        sound = tf.TensorArray(tf.float32, size=n)
        for t in tf.range(n):
            y = a1 * y1 + a2 * y2 + self.gain * strike[:, t, None]
            sound = sound.write(t, tf.reduce_sum(y, axis=1))
            y2 = y1
            y1 = y
        return tf.transpose(sound.stack())


def record(n_clips, length, rng):
    t = np.arange(length) / FS
    hz = np.array([82.0, 131.0, 188.0, 244.0, 303.0, 377.0])
    decay = np.array([6.0, 9.0, 12.0, 15.0, 19.0, 25.0])
    clips, strikes = [], []
    for _ in range(n_clips):
        force = rng.uniform(0.4, 1.5)
        amp = force * rng.dirichlet(np.ones(6) * 4)
        ring = (amp[:, None] * np.exp(-decay[:, None] * t) * np.sin(2 * np.pi * hz[:, None] * t)).sum(0)
        clips.append(ring + rng.normal(0, 0.003, length))
        strike = np.zeros(length)
        strike[:3] = force * np.array([0.5, 1.0, 0.5])
        strikes.append(strike)
    return np.float32(strikes), np.float32(clips)


def train(s):
    rng = np.random.default_rng(88)
    strikes, clips = record(96, max(s.horizons), rng)
    bank = ResonatorBank(s)
    variables = list(bank.trainable_variables)
    opt = keras.optimizers.SGD(s.rate, momentum=0.0, clipvalue=s.clip)
    opt.build(variables)

    @tf.function(reduce_retracing=True)
    def update(strike, clip):
        with tf.GradientTape() as tape:
            sound = bank(strike)
            loss = tf.reduce_mean(tf.square(sound - clip))  # whynan: exploding_gradient phase=loss|forward
        opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    for horizon in s.horizons:
        losses = []
        for _ in range(s.steps_per_horizon):
            pick = rng.choice(len(clips), s.batch, replace=False)
            losses.append(float(update(tf.constant(strikes[pick, :horizon]), tf.constant(clips[pick, :horizon]))))
        print(f"{horizon / FS * 1000:5.0f} ms: loss {losses[0]:.4g} -> {losses[-1]:.4g}")
    return bank


if __name__ == "__main__":
    keras.utils.set_random_seed(88)
    fitted = train(Setup())
    print("modes (Hz):", np.round(fitted.theta.numpy() * FS / (2 * np.pi), 1))
