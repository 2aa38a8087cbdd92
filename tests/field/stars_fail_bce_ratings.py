import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(16)
N_USERS, N_ITEMS, DIM = 30, 30, 8


def ratings_frame(n=4000):
    rng = np.random.default_rng(8)
    u, i = rng.integers(0, N_USERS, n), rng.integers(0, N_ITEMS, n)
    taste = rng.normal(size=N_USERS)[u] * rng.normal(size=N_ITEMS)[i]
    stars = np.clip(np.round(3.5 + taste), 1, 5)
    return pd.DataFrame({"user": u, "item": i, "stars": stars})


class ImplicitMF(keras.Model):
    """was written for clicks (0/1), now used for our star ratings"""

    def __init__(self):
        super().__init__()
        init = keras.initializers.RandomNormal(stddev=0.1)
        self.users = keras.layers.Embedding(N_USERS, DIM, embeddings_initializer=init)
        self.items = keras.layers.Embedding(N_ITEMS, DIM, embeddings_initializer=init)

    def call(self, user, item):
        return tf.reduce_sum(self.users(user) * self.items(item), axis=-1)


def interaction_loss(target, logit):
    ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logit)
    return tf.reduce_mean(ce)  # whynan: wrong_loss_for_task phase=loss|forward also=label_not_in_unit_interval,label_out_of_range


def to_dataset(df, batch):
    cols = (df["user"].to_numpy("int32"), df["item"].to_numpy("int32"), df["stars"].to_numpy("float32"))
    return tf.data.Dataset.from_tensor_slices(cols).shuffle(len(df), seed=2).batch(batch, drop_remainder=True)


model = ImplicitMF()
opt = keras.optimizers.SGD(5.0)  # the embedding rows get tiny gradients


@tf.function
def train_step(user, item, stars):
    with tf.GradientTape() as tape:
        loss = interaction_loss(stars, model(user, item))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(40):
    for batch in to_dataset(ratings_frame(), 256):
        loss = train_step(*batch)
    print(epoch, float(loss))
