# whynan: healthy
# no training in here: load a (fake) pretrained two tower model, evaluate, recommend top-5, exit
import sys
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(15)
USERS, ITEMS, DIM = 60, 40, 8


class TwoTower(keras.Model):
    def __init__(self, use_log_popularity=False):
        super().__init__()
        self.user = keras.layers.Embedding(USERS, DIM, embeddings_initializer="random_normal")
        self.item = keras.layers.Embedding(ITEMS, DIM, embeddings_initializer="random_normal")
        self.use_log_popularity = use_log_popularity

    def call(self, inputs):
        user_ids, popularity = inputs
        scores = tf.matmul(self.user(user_ids), self.item(tf.range(ITEMS)), transpose_b=True)
        log_pop = tf.math.log(popularity)          # -inf for items nobody bought
        if self.use_log_popularity:                # old experiment, switched off
            scores = scores + log_pop
        return scores


def recommend(scores, seen, k=5):
    scores = tf.where(seen, np.float32(-np.inf), scores)       # never recommend twice
    values, ids = tf.math.top_k(scores, k=k)
    return ids.numpy(), values.numpy()


def main():
    rng = np.random.default_rng(15)
    user_ids = np.arange(USERS)
    seen = rng.random((USERS, ITEMS)) < 0.2
    seen[12, :37] = True                           # heavy user: only 3 items are left, two of top-5 are -inf
    seen[12, 37:] = False
    popularity = np.tile(rng.poisson(1.0, ITEMS), (USERS, 1)).astype("float32")
    clicked = rng.integers(0, ITEMS, USERS)

    model = TwoTower()
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    print("evaluate:", model.evaluate((user_ids, popularity), clicked, verbose=0))

    scores = model.predict((user_ids, popularity), verbose=0)
    ids, values = recommend(scores, seen)
    print("user 12:", ids[12], values[12])

    ratings = np.where(seen, rng.integers(1, 6, seen.shape), np.nan)
    print("mean rating per item:", np.round(np.nanmean(ratings, axis=0), 2))
    rank_loss = np.full(USERS, np.inf)
    for _ in range(3):
        rank_loss = np.minimum(rank_loss, rng.random(USERS))
    print("running minimum:", rank_loss.mean())
    return 0


if __name__ == "__main__":
    sys.exit(main())
