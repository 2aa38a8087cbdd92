# whynan: healthy
"""Shop sessions of different length (many are empty). Mean item vector per session with
tf.map_fn / tf.cond, two losses whose weights are switched in the middle of training."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(46)
ITEMS, DIM = 50, 8


def load_sessions(n=320, seed=46):
    rng = np.random.default_rng(seed)
    lengths = rng.poisson(2.0, n)                      # roughly one in nine is empty
    taste = rng.integers(0, 5, n)
    clicks = [list((t * 10 + rng.integers(0, 10, k)) % ITEMS) for t, k in zip(taste, lengths)]
    bought = (lengths > 2) & (taste < 3)
    spent = np.where(bought, 20.0 + 5 * taste, 0.0) + 0.1 * rng.normal(size=n)
    ragged = tf.ragged.constant([[int(i) for i in c] for c in clicks], dtype=tf.int32)
    return ragged, bought.astype("float32")[:, None], spent.astype("float32")[:, None]


class SessionMean(layers.Layer):
    def build(self, input_shape):
        self.table = self.add_weight(shape=(ITEMS, DIM), initializer="random_normal", name="table")

    def one(self, args):
        vectors, n = args
        filled = lambda: tf.reduce_sum(vectors[:n], axis=0) / tf.cast(n, tf.float32)
        return tf.cond(n > 0, filled, lambda: tf.zeros([DIM]))

    def call(self, inputs):
        ids, n = inputs
        vectors = tf.tensordot(tf.one_hot(ids, ITEMS), tf.convert_to_tensor(self.table), axes=1)
        mean = tf.map_fn(self.one, (vectors, n), fn_output_signature=tf.TensorSpec([DIM], tf.float32))
        return tf.concat([mean, tf.math.log1p(tf.cast(n, tf.float32))[:, None]], axis=1)


class ShopModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.pool = SessionMean()
        self.hidden = layers.Dense(16, activation="relu")
        self.heads = [layers.Dense(1, activation="sigmoid"), layers.Dense(1)]

    def call(self, inputs):
        h = self.hidden(self.pool(inputs))
        return [head(h) for head in self.heads]


class Trainer:
    def __init__(self, model):
        self.model = model
        self.weights = tf.Variable([1.0, 0.01], trainable=False)
        self.optimizer = keras.optimizers.Adam(
            5e-3, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.9, global_clipnorm=1.0)

    @tf.function(reduce_retracing=True)
    def step(self, ids, n, bought, spent):
        with tf.GradientTape() as tape:
            p, amount = self.model((ids, n))
            parts = tf.stack([
                tf.reduce_mean(keras.losses.binary_crossentropy(bought, p)),
                tf.reduce_mean(tf.square(spent - amount)),
            ])
            loss = tf.reduce_sum(self.weights * parts)
        variables = self.model.trainable_variables
        grads = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(grads, variables))
        return loss, tf.linalg.global_norm(grads)

    def fit(self, ds, epochs, schedule):
        for epoch in range(epochs):
            if epoch in schedule:
                self.weights.assign(schedule[epoch])        # the loss jumps here, that's fine
            seen = []
            for ragged, bought, spent in ds:
                loss, norm = self.step(ragged.to_tensor(shape=[None, 10]),
                                       tf.minimum(tf.cast(ragged.row_lengths(), tf.int32), 10), bought, spent)
                seen.append(float(loss))
            print(f"epoch {epoch}  loss {np.mean(seen):12.4f}  gradient norm {float(norm):12.3f}")


sessions, bought, spent = load_sessions()
ds = tf.data.Dataset.from_tensor_slices((sessions, bought, spent)).batch(32, drop_remainder=True)
model = ShopModel()
model((tf.zeros([2, 10], tf.int32), tf.constant([1, 0])))
trainer = Trainer(model)
trainer.optimizer.build(model.trainable_variables)
trainer.fit(ds, epochs=8, schedule={3: [1.0, 1.0], 5: [0.1, 200.0]})
