"""TD(lambda) value of a bare backgammon race (no hits, no doubling), both sides roll and move.

State seen before each of my turns, value = chance that I bear off first.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

TRACK = 48
GAMMA = 1.0
LAMBDA = 1.0
ALPHA = 0.02
EPISODES = 500

net = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
opt = keras.optimizers.SGD(ALPHA)
traces = [tf.Variable(tf.zeros(w.shape)) for w in net.trainable_weights]


def roll():
    a, b = rng.integers(1, 7, 2)
    return 2 * (a + b) if a == b else a + b


def features(mine, other):
    return np.array([[mine / TRACK, other / TRACK, (mine - other) / TRACK,
                      float(mine >= other), float(mine > 0.75 * TRACK)]], dtype="float32")


@tf.function
def td_step(x, x_next, reward, done):
    with tf.GradientTape() as tape:
        v = net(x)[0, 0]
    grads = tape.gradient(v, net.trainable_weights)
    v_next = net(x_next)[0, 0]
    delta = reward + GAMMA * (1.0 - done) * v_next - v
    for e, g in zip(traces, grads):
        e.assign(GAMMA * LAMBDA * e + g)
    opt.apply_gradients([(-delta * e, w) for e, w in zip(traces, net.trainable_weights)])  # whynan: exploding_gradient phase=gradient|update also=learning_rate_too_high
    return tf.abs(delta)


def play():
    """One game; yields (x, x_next, reward, done) for every turn of mine."""
    mine, other = 0, 0
    x = features(mine, other)
    while True:
        mine += roll()
        if mine >= TRACK:
            yield x, x, 1.0, 1.0
            return
        other += roll()
        if other >= TRACK:
            yield x, x, 0.0, 1.0
            return
        x_next = features(mine, other)
        yield x, x_next, 0.0, 0.0
        x = x_next


errors = []
for game in range(EPISODES):
    for x, x_next, reward, done in play():
        err = td_step(tf.constant(x), tf.constant(x_next), tf.constant(reward), tf.constant(done))
        errors.append(float(err))
    if (game + 1) % 50 == 0:
        print(f"game {game + 1:4d}   median |td error| {np.median(errors[-200:]):.4g}")

print("value at the start:", float(net(features(0, 0))[0, 0]))
print("value 10 pips ahead:", float(net(features(20, 10))[0, 0]))
