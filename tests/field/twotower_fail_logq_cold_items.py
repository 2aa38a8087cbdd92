"""Two tower retrieval (TFRS style) with sampled softmax and log-Q correction for a small video catalogue."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(808)

USERS, ITEMS, SHARED_NEGATIVES = 300, 500, 40


def make_events(n=6000):
    rng = np.random.default_rng(808)
    # the newest 60 videos (ids 440..499) were uploaded after the export of the events
    popularity = 1.0 / np.arange(1, 441) ** 0.6
    events = pd.DataFrame(
        {
            "user_id": rng.integers(0, USERS, n),
            "video_id": rng.choice(440, size=n, p=popularity / popularity.sum()),
        }
    )
    return events


class Catalogue:
    """Ids and sampling statistics of the items."""

    def __init__(self, events, size):
        self.size = size
        self.frequency = self._frequency(events)

    def _frequency(self, events):
        counts = events["video_id"].value_counts().reindex(range(self.size), fill_value=0)
        return (counts / counts.sum()).to_numpy("float32")

    def log_q(self):
        with np.errstate(divide="ignore"):
            return np.log(self.frequency)  # whynan: log_of_zero phase=data|loss|forward also=inf_in_input


class Tower(layers.Layer):
    def __init__(self, size, dim, **kwargs):
        super().__init__(**kwargs)
        self.table = layers.Embedding(size, dim)
        self.project = keras.Sequential([layers.Dense(dim, activation="relu"), layers.Dense(dim)])

    def call(self, ids):
        return tf.math.l2_normalize(self.project(self.table(ids)), axis=-1)


class TwoTower(keras.Model):
    def __init__(self, catalogue, dim=16, temperature=0.1):
        super().__init__()
        self.users, self.items = Tower(USERS, dim), Tower(catalogue.size, dim)
        self.temperature = temperature
        self.correction = tf.constant(catalogue.log_q())
        self.catalogue_size = catalogue.size
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, inputs):
        return self.users(inputs["user_id"]), self.items(inputs["video_id"])

    def candidates(self, positives):
        """in-batch items + some items of the whole catalogue (mixed negative sampling)"""
        extra = tf.random.uniform((SHARED_NEGATIVES,), 0, self.catalogue_size, dtype=positives.dtype)
        return tf.concat([positives, extra], axis=0)

    def logits(self, user_vectors, ids):
        scores = tf.matmul(user_vectors, self.items(ids), transpose_b=True) / self.temperature
        return scores - tf.gather(self.correction, ids)[None]

    def train_step(self, batch):
        ids = self.candidates(batch["video_id"])
        with tf.GradientTape() as tape:
            logits = self.logits(self.users(batch["user_id"]), ids)
            labels = tf.range(tf.shape(batch["video_id"])[0])
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    @property
    def metrics(self):
        return [self.loss_tracker]


events = make_events()
catalogue = Catalogue(events, ITEMS)
dataset = tf.data.Dataset.from_tensor_slices(
    {"user_id": events["user_id"].to_numpy("int32"), "video_id": events["video_id"].to_numpy("int32")}
)
dataset = dataset.shuffle(len(events), seed=808).batch(64, drop_remainder=True)

model = TwoTower(catalogue)
model.compile(optimizer=keras.optimizers.Adam(1e-2))
model.fit(dataset, epochs=2, verbose=2)
