"""Echo state network for the water level at six harbours; only the readout is trained.

The state is handed from chunk to chunk so that no warm-up is thrown away. I set the spectral radius a little above one
because that gave the longest memory in the literature. The loss settles after a few chunks, is flat for a while, and
then it is nan in the middle of the first epoch. The readout only ever sees values between -1 and 1.
"""
import keras
import numpy as np
import tensorflow as tf

CONFIG = dict(units=120, spectral_radius=1.08, input_gain=0.4, chunk=40, rate=5e-3, seed=21)


def water_levels(harbours=6, hours=4001, seed=21):
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    level = np.zeros((harbours, hours))
    for period, height in ((12.42, 1.0), (12.0, 0.35), (25.8, 0.2), (3.1, 0.1)):
        level += height * np.sin(2 * np.pi * t / period + rng.uniform(0, 2 * np.pi, (harbours, 1)))
    surge = np.cumsum(rng.normal(0, 0.05, (harbours, hours)), axis=1)
    surge -= np.stack([np.convolve(s, np.ones(72) / 72, mode="same") for s in surge])
    level = level + surge
    return ((level - level.mean()) / level.std()).astype("float32")


class Reservoir(tf.Module):
    def __init__(self, batch, n_inputs, units, spectral_radius, input_gain, seed):
        super().__init__(name="reservoir")
        rng = np.random.default_rng(seed)
        w = rng.normal(size=(units, units)) * (rng.random((units, units)) < 0.2)
        w *= spectral_radius / np.abs(np.linalg.eigvals(w)).max()
        self.recurrent = tf.constant(w, tf.float32)
        self.inward = tf.constant(rng.uniform(-input_gain, input_gain, (n_inputs, units)), tf.float32)
        self.state = tf.Variable(tf.zeros((batch, units)), trainable=False)

    def __call__(self, u):
        """(batch, time, inputs) -> (batch, time, units), every entry squashed into (-1, 1)."""
        state, seen = self.state.value(), []
        for t in range(u.shape[1]):
            state = tf.matmul(state, self.recurrent) + tf.matmul(u[:, t], self.inward)  # whynan: exploding_gradient phase=forward also=bad_initialization,exploding_activation
            seen.append(tf.tanh(state))
        self.state.assign(state)
        return tf.stack(seen, axis=1)


class EchoStateRegressor:
    def __init__(self, harbours, cfg):
        self.reservoir = Reservoir(harbours, 1, cfg["units"], cfg["spectral_radius"], cfg["input_gain"], cfg["seed"])
        self.readout = keras.layers.Dense(1)
        self.readout.build((None, None, cfg["units"]))
        self.optimizer = keras.optimizers.Adam(cfg["rate"], clipnorm=1.0)
        self.optimizer.build(self.readout.trainable_variables)

    @tf.function
    def learn(self, u, y):
        features = self.reservoir(u)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.readout(features)[..., 0] - y))
        gradients = tape.gradient(loss, self.readout.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.readout.trainable_variables))
        return loss


def main():
    keras.utils.set_random_seed(CONFIG["seed"])
    level = water_levels()
    net = EchoStateRegressor(len(level), CONFIG)
    size = CONFIG["chunk"]
    for start in range(0, level.shape[1] - 1, size):
        u = tf.constant(level[:, start:start + size, None])
        y = tf.constant(level[:, start + 1:start + size + 1])
        loss = net.learn(u, y)
        if (start // size) % 5 == 0:
            print(f"chunk {start // size:3d}  loss {float(loss):.4f}")


if __name__ == "__main__":
    main()
