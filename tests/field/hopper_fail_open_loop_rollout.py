"""Learned dynamics of a small hopping leg, trained on open-loop rollouts of 60 control steps.

One-step training of the same residual net converges, but the planner needs long horizons, so the loss compares the
whole imagined path with the recorded one. The first batch still has a loss, the second or third is nan. All states and actions
are standardised.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(23)

STATE, ACTION, HORIZON = 6, 2, 60


def record_episodes(n=256, seed=23):
    """Three damped oscillators, pushed by two motors."""
    rng = np.random.default_rng(seed)
    system = np.zeros((STATE, STATE))
    for k, (freq, damping) in enumerate([(0.3, 0.97), (0.5, 0.95), (0.15, 0.98)]):
        c, s = np.cos(freq), np.sin(freq)
        system[2 * k:2 * k + 2, 2 * k:2 * k + 2] = damping * np.array([[c, -s], [s, c]])
    motors = rng.normal(0, 0.15, (STATE, ACTION))
    actions = rng.uniform(-1, 1, (n, HORIZON, ACTION))
    states = np.zeros((n, HORIZON + 1, STATE))
    states[:, 0] = rng.normal(size=(n, STATE))
    for t in range(HORIZON):
        states[:, t + 1] = states[:, t] @ system.T + actions[:, t] @ motors.T + rng.normal(0, 0.01, (n, STATE))
    states /= states.std(axis=(0, 1))
    return states.astype("float32"), actions.astype("float32")


class Imagination(layers.Layer):
    """Rolls the residual model x <- x + f(x, u) along a sequence of actions."""

    def __init__(self, hidden=64, **kwargs):
        super().__init__(**kwargs)
        self.f = keras.Sequential([
            layers.Dense(hidden, activation="relu"),
            layers.Dense(STATE),
        ])

    def build(self, start_shape, actions_shape):
        self.f.build((None, STATE + ACTION))

    def call(self, start, actions):
        def advance(state, action):
            return state + self.f(tf.concat([state, action], axis=-1))  # whynan: exploding_gradient phase=forward|gradient|loss also=learning_rate_too_high

        path = tf.scan(advance, tf.transpose(actions, [1, 0, 2]), initializer=start)
        path.set_shape((HORIZON, None, STATE))
        return tf.transpose(path, [1, 0, 2])


def main():
    states, actions = record_episodes()

    start = keras.Input((STATE,), name="start")
    controls = keras.Input((HORIZON, ACTION), name="controls")
    imagined = Imagination(name="imagination")(start, controls)
    world = keras.Model([start, controls], imagined)

    world.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9), loss="mse")
    world.fit([states[:, 0], actions], states[:, 1:], batch_size=32, epochs=3, verbose=2)
    print("drift after 60 steps:", np.abs(world.predict([states[:4, 0], actions[:4]], verbose=0)[:, -1]).mean())


if __name__ == "__main__":
    main()
