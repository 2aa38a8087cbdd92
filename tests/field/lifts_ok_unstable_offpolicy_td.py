# whynan: unstable
"""Linear TD(0) for a lift dispatcher, trained on transitions of ANOTHER policy (off-policy). Seven floors, eight features.
The TD error grows from 70 to above 1e9 in 600 updates with a rate of only 0.03; a smaller rate only delays it.
(It is Baird's counterexample: bootstrapping + function approximation + off-policy data.)"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)
GAMMA, RATE, UPDATES = 0.99, 0.03, 600


def floor_features():
    phi = np.zeros((7, 8), "float32")
    for floor in range(6):
        phi[floor, floor] = 2.0
        phi[floor, 7] = 1.0
    phi[6, 6] = 1.0
    phi[6, 7] = 2.0
    return phi


class Transitions:
    """The old dispatcher visits all floors equally often; the policy we evaluate always sends the lift to the basement."""

    def __init__(self):
        self.phi = floor_features()

    def batch(self):
        state = self.phi
        next_state = np.repeat(self.phi[6:7], 7, axis=0)
        reward = np.zeros((7, 1), "float32")
        return map(tf.constant, (state, reward, next_state))


class ValueFunction(keras.Model):
    def __init__(self):
        super().__init__()
        start = np.array([1, 1, 1, 1, 1, 1, 10, 1], "float32")[:, None]
        self.linear = keras.layers.Dense(
            1, use_bias=False, kernel_initializer=lambda shape, dtype=None: tf.constant(start, dtype))

    def call(self, phi):
        return self.linear(phi)


value = ValueFunction()
sgd = keras.optimizers.SGD(RATE)
memory = Transitions()


def td_loss(state, reward, next_state):
    bootstrap = tf.stop_gradient(reward + GAMMA * value(next_state))
    return tf.reduce_mean(tf.square(bootstrap - value(state)))


for update in range(UPDATES):
    s, r, s2 = memory.batch()
    with tf.GradientTape() as tape:
        loss = td_loss(s, r, s2)
    grads = tape.gradient(loss, value.trainable_variables)
    sgd.apply_gradients(zip(grads, value.trainable_variables))
    if update % 60 == 0:
        print(f"{update:4d}  td error^2 {float(loss):12.4g}   largest weight "
              f"{float(tf.reduce_max(tf.abs(value.linear.kernel))):10.4g}")
