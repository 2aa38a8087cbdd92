"""Predict the order of finish in club triathlons.

Listwise ranking: Plackett-Luce likelihood of the observed order (ListMLE). Every race has 24
starters, features are standardised season figures of each athlete.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(226)

RACES, STARTERS = 1200, 24
COLS = ["swim400", "ftp_per_kg", "run5k", "age", "races_this_year", "sleep", "puncture"]


def season(rng):
    x = rng.normal(0, 1, (RACES, STARTERS, len(COLS)))
    x[..., -1] = rng.random((RACES, STARTERS)) < 0.06
    form = (-0.5 * x[..., 0] + 0.9 * x[..., 1] - 0.8 * x[..., 2] - 0.2 * x[..., 3]
            + 0.15 * x[..., 4] + 0.1 * x[..., 5] - 5.0 * x[..., 6])
    order = np.argsort(-form, axis=1).astype("int32")
    return x.astype("float32"), order


def plackett_luce(scores, order):
    """Mean negative log likelihood; order[b, 0] is the winner of race b."""
    s = tf.gather(scores, order, batch_dims=1)
    s -= tf.reduce_max(s, axis=1, keepdims=True)
    strength = tf.exp(s)
    total = tf.reduce_sum(strength, axis=1, keepdims=True)
    log_left = tf.math.log(total - tf.cumsum(strength, axis=1, exclusive=True))  # whynan: catastrophic_cancellation phase=loss|forward also=log_of_negative,log_of_zero
    return tf.reduce_mean(tf.reduce_sum(log_left - s, axis=1))


class Ranker:
    def __init__(self):
        x = keras.Input((STARTERS, len(COLS)))
        h = keras.layers.Dense(32, activation="relu")(x)
        s = keras.layers.Dense(1, use_bias=False)(h)
        self.net = keras.Model(x, keras.layers.Reshape((STARTERS,))(s))
        self.opt = keras.optimizers.Adam(0.01)
        self.opt.build(self.net.trainable_variables)

    @tf.function
    def step(self, x, order):
        with tf.GradientTape() as tape:
            loss = plackett_luce(self.net(x, training=True), order)
        grads = tape.gradient(loss, self.net.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 10.0)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss, norm

    def winner_hits(self, x, order):
        return float(np.mean(self.net(x).numpy().argmax(1) == order[:, 0]))


def main():
    x, order = season(np.random.default_rng(70))
    train = tf.data.Dataset.from_tensor_slices((x[:1000], order[:1000]))
    train = train.shuffle(1000, seed=3).batch(40, drop_remainder=True)
    ranker = Ranker()
    for epoch in range(30):
        losses = [float(ranker.step(bx, bo)[0]) for bx, bo in train]
        if epoch % 3 == 0:
            hits = ranker.winner_hits(x[1000:], order[1000:])
            print(f"epoch {epoch:2d}  nll {np.mean(losses):8.4f}  winner found {hits:.2f}")


if __name__ == "__main__":
    main()
