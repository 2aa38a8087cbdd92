"""Next sight prediction from city-pass itineraries with a causal linear transformer (Katharopoulos et al. 2020)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(404)
N_SIGHTS, WINDOW, WIDTH, HEADS = 40, 16, 32, 4


def simulate_tourists(n_tourists=70, min_stops=6, max_stops=30, seed=12):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1, (N_SIGHTS, 2))
    dist = np.linalg.norm(xy[:, None] - xy[None], axis=-1)
    pull = np.exp(-6 * dist) * rng.uniform(0.5, 2.0, N_SIGHTS)
    np.fill_diagonal(pull, 0)
    pull /= pull.sum(axis=1, keepdims=True)
    tours = []
    for _ in range(n_tourists):
        stops = [int(rng.integers(N_SIGHTS))]
        for _ in range(rng.integers(min_stops, max_stops) - 1):
            stops.append(int(rng.choice(N_SIGHTS, p=pull[stops[-1]])))
        tours.append(stops)
    return tours


def make_windows(tours):
    """one row per visit: the stops so far (id 0 = nothing, right aligned) and the stop that follows"""
    rows, nxt = [], []
    for stops in tours:
        for i in range(1, len(stops)):
            past = [s + 1 for s in stops[max(0, i - WINDOW):i]]
            rows.append([0] * (WINDOW - len(past)) + past)
            nxt.append(stops[i])
    return np.array(rows, "int32"), np.array(nxt, "int32")


def feature_map(x):
    return tf.nn.elu(x) + 1.0


class LinearAttention(layers.Layer):
    def __init__(self, width, heads, **kw):
        super().__init__(**kw)
        self.heads, self.size = heads, width // heads
        self.to_q = layers.Dense(width, use_bias=False)
        self.to_k = layers.Dense(width, use_bias=False)
        self.to_v = layers.Dense(width, use_bias=False)
        self.mix = layers.Dense(width)

    def heads_first(self, x):
        shape = tf.shape(x)
        x = tf.reshape(x, [shape[0], shape[1], self.heads, self.size])
        return tf.transpose(x, [0, 2, 1, 3])

    def call(self, x, keep):
        q = feature_map(self.heads_first(self.to_q(x)))
        k = feature_map(self.heads_first(self.to_k(x))) * keep[:, None, :, None]
        v = self.heads_first(self.to_v(x))
        state = tf.cumsum(tf.einsum("bhtd,bhte->bhtde", k, v), axis=2)
        mass = tf.cumsum(k, axis=2)
        num = tf.einsum("bhtd,bhtde->bhte", q, state)
        den = tf.einsum("bhtd,bhtd->bht", q, mass)
        out = num / den[..., None]  # whynan: divide_by_zero phase=forward|gradient also=zero_weight_sum
        out = tf.transpose(out, [0, 2, 1, 3])
        return self.mix(tf.reshape(out, [tf.shape(x)[0], tf.shape(x)[1], self.heads * self.size]))


class NextSight(keras.Model):
    def __init__(self):
        super().__init__()
        self.sights = layers.Embedding(N_SIGHTS + 1, WIDTH)
        self.places = layers.Embedding(WINDOW, WIDTH)
        self.norm1, self.norm2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.attention = LinearAttention(WIDTH, HEADS)
        self.up, self.down = layers.Dense(2 * WIDTH, activation="gelu"), layers.Dense(WIDTH)
        self.head = layers.Dense(N_SIGHTS)

    def call(self, ids):
        keep = tf.cast(ids > 0, tf.float32)
        x = self.sights(ids) + self.places(tf.range(WINDOW))
        x = x + self.attention(self.norm1(x), keep)
        x = x + self.down(self.up(self.norm2(x)))
        return self.head(x[:, -1])


ids, target = make_windows(simulate_tourists())
order = np.random.default_rng(0).permutation(len(ids))
ids, target = ids[order], target[order]
split = int(0.85 * len(ids))
train = tf.data.Dataset.from_tensor_slices((ids[:split], target[:split])).shuffle(2000, seed=3).batch(64)

net, opt = NextSight(), keras.optimizers.AdamW(2e-3, weight_decay=1e-3)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = xent(y, net(x))
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for epoch in range(5):
    mean = np.mean([float(step(x, y)) for x, y in train])
    hit = np.mean(np.argmax(net(ids[split:]).numpy(), axis=1) == target[split:])
    print(f"epoch {epoch}  loss {mean:.4f}  hit@1 {hit:.3f}")
