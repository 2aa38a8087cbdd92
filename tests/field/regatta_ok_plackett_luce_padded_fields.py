"""Predicting the finishing order of sailing races with four to nine boats.

Short fields are padded and the empty lanes get a score of -inf. In the debugger the tensor `rest` has whole rows of
-inf before they are replaced, and I worry that this ruins the training.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)

MAX_FIELD = 9
FEATURES = ["handicap", "crew_kg", "sail_age", "helm_rating", "light_wind_skill", "start_line_slot"]


def simulate_races(n, seed):
    rng = np.random.default_rng(seed)
    races = []
    for _ in range(n):
        boats = rng.integers(4, MAX_FIELD + 1)
        f = rng.normal(size=(boats, len(FEATURES))).astype("float32")
        pace = 1.4 * f[:, 3] - 0.9 * f[:, 2] + 0.8 * f[:, 0] * f[:, 4] - 0.3 * f[:, 1]
        order = np.argsort(-(pace + rng.gumbel(scale=0.6, size=boats)))
        races.append((f[order], boats))
    return races


def as_dataset(races, batch, shuffle=False):
    ds = tf.data.Dataset.from_generator(
        lambda: iter(races),
        output_signature=(tf.TensorSpec((None, len(FEATURES)), tf.float32), tf.TensorSpec((), tf.int32)))
    ds = ds.cache()
    if shuffle:
        ds = ds.shuffle(1000, seed=2)
    return ds.padded_batch(batch, padded_shapes=([MAX_FIELD, len(FEATURES)], []), drop_remainder=True)


class OrderModel:
    def __init__(self, rate):
        self.net = keras.Sequential([
            keras.Input((MAX_FIELD, len(FEATURES))),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.net.trainable_variables)

    def loss(self, feats, sizes, training):
        score = tf.squeeze(self.net(feats, training=training), axis=-1)
        real = tf.sequence_mask(sizes, MAX_FIELD)
        masked = tf.where(real, score, -np.inf)
        still_racing = tf.linalg.band_part(tf.ones((MAX_FIELD, MAX_FIELD)), 0, -1) > 0
        rest = tf.where(still_racing, masked[:, None, :], -np.inf)
        rest = tf.where(real[:, :, None], rest, 0.0)
        per_place = tf.where(real, tf.reduce_logsumexp(rest, axis=2) - score, 0.0)
        winner_found = tf.equal(tf.argmax(masked, axis=1), 0)
        nll = tf.reduce_sum(per_place) / tf.cast(tf.reduce_sum(sizes), tf.float32)
        return nll, tf.reduce_mean(tf.cast(winner_found, tf.float32))

    @tf.function
    def train_batch(self, feats, sizes):
        with tf.GradientTape() as tape:
            nll, hit = self.loss(feats, sizes, training=True)
        grads = tape.gradient(nll, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        return nll, hit

    @tf.function
    def test_batch(self, feats, sizes):
        return self.loss(feats, sizes, training=False)


def run_epoch(step, ds):
    pairs = [(float(a), float(b)) for a, b in (step(f, s) for f, s in ds)]
    return np.mean(pairs, axis=0)


if __name__ == "__main__":
    train = as_dataset(simulate_races(960, seed=1), 32, shuffle=True)
    valid = as_dataset(simulate_races(192, seed=2), 32)
    model = OrderModel(rate=5e-3)
    best, waited = np.inf, 0
    for epoch in range(20):
        nll, hit = run_epoch(model.train_batch, train)
        val_nll, val_hit = run_epoch(model.test_batch, valid)
        print(f"epoch {epoch:2d}  nll {nll:.4f}  winner {hit:.3f}  val_nll {val_nll:.4f}  val_winner {val_hit:.3f}")
        if np.isnan(val_nll):
            print("validation became NaN, stopping")
            break
        if val_nll < best:
            best, waited = val_nll, 0
        else:
            waited += 1
            if waited == 5:
                break
    print("best validation", round(float(best), 4))
