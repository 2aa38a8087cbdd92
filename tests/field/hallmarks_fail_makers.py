# Are two silver hallmarks struck with punches of the same maker?
# 10 shape descriptors per photographed mark, a learned distance, contrastive loss.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 1742
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

N_MAKERS, N_DESC = 40, 10


def strike(maker_ids, punches):
    """A mark as photographed: the punch, plus wear and lighting."""
    wear = rng.normal(0, 0.35, (len(maker_ids), N_DESC))
    light = rng.normal(0, 0.8, (len(maker_ids), 1)) * np.linspace(1, 0, N_DESC)
    return punches[maker_ids] + wear + light


def make_pairs(n, punches):
    left = rng.integers(0, N_MAKERS, n)
    same = rng.random(n) < 0.5
    other = (left + rng.integers(1, N_MAKERS, n)) % N_MAKERS
    right = np.where(same, left, other)
    a, b = strike(left, punches), strike(right, punches)
    return a.astype("float32"), b.astype("float32"), same.astype("float32").reshape(-1, 1)


class LearnedDistance(layers.Layer):
    """sqrt((a-b)' M (a-b)) with a trainable symmetric matrix M."""

    def build(self, input_shape):
        dim = input_shape[-1]
        self.factor = self.add_weight(
            shape=(dim, dim), initializer="glorot_uniform", name="factor"
        )

    def metric(self):
        f = tf.convert_to_tensor(self.factor)
        return 0.5 * (f + tf.transpose(f))

    def call(self, delta):
        d2 = tf.reduce_sum(tf.matmul(delta, self.metric()) * delta, axis=-1, keepdims=True)
        return tf.sqrt(d2 + 1e-8)  # whynan: sqrt_of_negative phase=forward also=not_positive_definite


def contrastive(y_true, dist, margin=2.0):
    pull = y_true * tf.square(dist)
    push = (1.0 - y_true) * tf.square(tf.nn.relu(margin - dist))
    return tf.reduce_mean(pull + push, axis=-1)


def build_model():
    mark_a = keras.Input((N_DESC,), name="mark_a")
    mark_b = keras.Input((N_DESC,), name="mark_b")
    delta = layers.Subtract()([mark_a, mark_b])
    dist = LearnedDistance(name="distance")(delta)
    return keras.Model([mark_a, mark_b], dist)


punches = rng.normal(0, 1, (N_MAKERS, N_DESC))
train_a, train_b, train_y = make_pairs(2400, punches)
test_a, test_b, test_y = make_pairs(400, punches)

model = build_model()
model.compile(optimizer=keras.optimizers.RMSprop(5e-3), loss=contrastive)
model.fit(
    [train_a, train_b],
    train_y,
    batch_size=64,
    epochs=8,
    validation_split=0.1,
    verbose=2,
)

d = model.predict([test_a, test_b], verbose=0)
for cut in (0.5, 1.0, 1.5):
    hit = ((d < cut) == (test_y > 0.5)).mean()
    print(f"same maker if distance < {cut}: {hit:.1%} right")
