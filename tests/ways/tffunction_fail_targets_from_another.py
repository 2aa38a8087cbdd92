import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
values = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(1e-3)


@tf.function
def targets(reward, following, duration):
    """The mean reward of a stay, and what follows; a stay may have no length."""
    rate = reward / duration  # whynan: divide_by_zero phase=forward|loss|data
    return rate + 0.9 * tf.stop_gradient(values(following))[:, 0]


@tf.function
def learn(states, goal):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(goal - values(states, training=True)[:, 0]))
    optimizer.apply(tape.gradient(loss, values.trainable_variables), values.trainable_variables)
    return loss


states = rng.normal(size=(512, 4)).astype("float32")
reward = rng.uniform(0, 1, 512).astype("float32")
duration = rng.integers(1, 9, 512).astype("float32")
reward[301], duration[301] = 0.0, 0.0
for epoch in range(3):
    for i in range(0, 480, 32):
        now, after = slice(i, i + 32), slice(i + 1, i + 33)
        goal = targets(tf.constant(reward[now]), tf.constant(states[after]), tf.constant(duration[now]))
        loss = learn(tf.constant(states[now]), goal)
    print(epoch, float(loss))
