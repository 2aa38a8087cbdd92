"""Over or under: does the home side of a handball match throw more goals than the bookmaker's line?

One tower for the home side, one for the guests, the tip comes from the product of the two. The loss begins at about
0.7 and then creeps upwards, the share of right tips never gets above one half. A plain regression on the products of
the home attack and the guests' defence gets nearly 90 % right, so the signal is in the data.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)

SKILLS = 5


def league(matches, seed):
    """Per side: five attack numbers, then the five gaps of its defence, all standardised."""
    rng = np.random.default_rng(seed)
    home = rng.normal(size=(matches, 2 * SKILLS))
    away = rng.normal(size=(matches, 2 * SKILLS))
    above_line = (home[:, :SKILLS] * away[:, SKILLS:]).sum(axis=1) + rng.normal(0, 0.7, matches)
    return home.astype("float32"), away.astype("float32"), (above_line > 0).astype("float32")


def tower(name):
    return keras.Sequential(
        [
            keras.Input((2 * SKILLS,)),
            keras.layers.Dense(40, activation="relu"),
            keras.layers.Dense(12),
        ],
        name=name,
    )


towers = {"away": tower("guests"), "home": tower("hosts")}
weights = [weight for part in towers.values() for weight in part.trainable_variables]
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(weights)


def score(home, away, training=False):
    return tf.reduce_sum(towers["home"](home, training=training) * towers["away"](away, training=training), axis=1)


@tf.function
def step(home, away, over):
    with tf.GradientTape() as tape:
        logit = score(home, away, training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=over, logits=logit))
    gradients = tape.gradient(
        loss, towers["home"].trainable_variables + towers["away"].trainable_variables
    )
    optimizer.apply_gradients(zip(gradients, weights))
    return loss, tf.reduce_mean(tf.cast((logit > 0) == (over > 0.5), tf.float32))


def train(epochs=12, batch=100):
    data = tf.data.Dataset.from_tensor_slices(league(4000, seed=1))
    data = data.shuffle(4000, seed=2).batch(batch, drop_remainder=True)
    for epoch in range(epochs):
        record = [[float(value) for value in step(*matches)] for matches in data]
        loss, right = np.mean(record, axis=0)
        print(f"epoch {epoch + 1:2d}  loss {loss:.4f}  right {right:.3f}")

    home, away, over = league(1000, seed=3)
    tips = score(home, away).numpy() > 0
    print(f"next season: {np.mean(tips == (over > 0.5)):.3f} right")


train()
# whynan: unstable
