"""Will the customer order this week? Attention over the items on the wish list + a few account numbers."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

N, N_ITEMS, MAX_LEN = 1800, 300, 10

# --- data -----------------------------------------------------------------
appeal = rng.normal(0, 1, N_ITEMS + 1)
items = np.zeros((N, MAX_LEN), dtype="int32")
for row in range(N):
    length = rng.integers(1, MAX_LEN + 1)
    items[row, :length] = rng.choice(np.arange(1, N_ITEMS + 1), length, replace=False)

deleted = [417, 1203]          # two customers used their right to erasure
items[deleted] = 0

account = np.column_stack([
    rng.normal(0, 1, N),                      # days since last login, scaled
    rng.normal(0, 1, N),                      # orders last year, scaled
    rng.integers(0, 2, N),                    # newsletter
]).astype("float32")
best_item = np.where(items > 0, appeal[items], -5.0).max(axis=1)
p_order = 1 / (1 + np.exp(-(1.3 * best_item - 1.8 + 0.7 * account[:, 1] - 0.5 * account[:, 0])))
ordered = (rng.random(N) < p_order).astype("float32")
print("orders:", ordered.mean())


# --- model ----------------------------------------------------------------
class AttentionPool(layers.Layer):
    """score_i = v . tanh(W x_i);  output = sum_i softmax(score)_i x_i"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.proj = layers.Dense(units, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)

    def build(self, input_shape):
        self.proj.build(input_shape)
        self.score.build((*input_shape[:-1], self.proj.units))

    def call(self, x, mask):
        scores = self.score(self.proj(x))[..., 0]
        scores = tf.where(mask, scores, float("-inf"))
        attn = tf.nn.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward rows=417,1203
        return tf.einsum("bt,btd->bd", attn, x)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


class OrderModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(N_ITEMS + 1, 16)
        self.pool = AttentionPool(16)
        self.hidden = layers.Dense(24, activation="tanh")
        self.out = layers.Dense(1)

    def call(self, inputs):
        ids, numbers = inputs
        wish = self.pool(self.embed(ids), mask=ids > 0)
        return self.out(self.hidden(tf.concat([wish, numbers], axis=-1)))


model = OrderModel()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="acc")],
)
model.fit((items, account), ordered, epochs=6, batch_size=64, validation_split=0.15, verbose=2)

sample = tf.sigmoid(model.predict((items[:6], account[:6]), verbose=0))
print("first customers:", np.round(sample.numpy().ravel(), 3), ordered[:6])
