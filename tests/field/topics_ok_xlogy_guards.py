# whynan: healthy
# neural topic model; counts contain zeros and even empty documents, everything below is guarded
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)
DOCS, WORDS, TOPICS = 320, 50, 5

rng = np.random.default_rng(19)
topic_word = rng.dirichlet(np.full(WORDS, 0.1), TOPICS)
mix = rng.dirichlet(np.full(TOPICS, 0.3), DOCS)
prob = mix @ topic_word
counts = np.stack([rng.multinomial(60, p / p.sum()) for p in prob]).astype("float32")
counts[[7, 150, 299]] = 0.0                      # empty documents
with np.errstate(divide="ignore"):
    print("min log count (info only):", np.log(counts).min())


def safe_sqrt(v):
    positive = v > 0
    inner = tf.where(positive, v, tf.ones_like(v))
    return tf.where(positive, tf.sqrt(inner), tf.zeros_like(v))


def kl_rows(p, q):
    # xlogy(0, .) = 0
    return tf.reduce_sum(tf.math.xlogy(p, p) - tf.math.xlogy(p, q), axis=1)


class TopicNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.enc = keras.layers.Dense(32, activation="tanh")
        self.mix = keras.layers.Dense(TOPICS)
        self.gain = keras.layers.Dense(1)
        self.dec = keras.layers.Dense(WORDS)

    def call(self, c):
        p = tf.math.divide_no_nan(c, tf.reduce_sum(c, axis=1, keepdims=True))
        theta = tf.nn.softmax(self.mix(self.enc(p)))
        length = tf.math.softplus(self.gain(theta) + 200.0)      # softplus of a big number is fine
        return tf.nn.softmax(self.dec(theta)), length

    def train_step(self, c):
        p = tf.math.divide_no_nan(c, tf.reduce_sum(c, axis=1, keepdims=True))
        n = tf.reduce_sum(c, axis=1)
        with tf.GradientTape() as tape:
            q, length = self(c, training=True)
            spread = tf.stop_gradient(tf.math.log(tf.math.reduce_variance(c, axis=1)))   # -inf for empty docs
            weight = tf.where(tf.math.is_finite(spread), 1.0, 0.0)
            gap = safe_sqrt(tf.square(length[:, 0] - n) * weight)
            loss = tf.reduce_mean(weight * kl_rows(p, q)) + 1e-3 * tf.reduce_mean(gap)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


model = TopicNet()
model.compile(optimizer=keras.optimizers.Adam(5e-3))
model.fit(tf.data.Dataset.from_tensor_slices(counts).batch(32), epochs=6, verbose=2)
