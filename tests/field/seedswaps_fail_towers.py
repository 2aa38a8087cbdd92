# Two-tower matching for a seed swap site: which offer would this member take?
# Left tower: what the member swapped so far (counts per variety). Right tower: features of the offer.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
keras.config.set_dtype_policy("mixed_float16")

N_PAIRS, N_VARIETIES, N_OFFER = 1600, 120, 24
rng = np.random.default_rng(77)

taste = rng.normal(size=(N_PAIRS, 6))
to_variety = rng.normal(size=(6, N_VARIETIES)) * 0.35
to_offer = rng.normal(size=(6, N_OFFER))

history = rng.poisson(0.17 * np.exp(taste @ to_variety)).astype("float32")
offers = (taste @ to_offer + 0.6 * rng.normal(size=(N_PAIRS, N_OFFER))).astype("float32")

# people who joined this week and made their first swap right away
joined_now = [211, 640, 903, 1188, 1571]
history[joined_now] = 0.0

print("pairs", N_PAIRS, "| swaps per member: mean %.1f, max %d" % (history.sum(1).mean(), history.sum(1).max()))


class UnitVector(keras.layers.Layer):
    def call(self, x):
        return tf.math.l2_normalize(x, axis=-1)  # whynan: float16_epsilon_underflow phase=forward also=divide_by_zero rows=211,640,903,1188,1571


def tower(n_in, name, bias):
    return keras.Sequential(
        [
            keras.Input((n_in,)),
            keras.layers.Dense(96, activation="relu", use_bias=bias),
            keras.layers.Dense(48, activation="relu", use_bias=bias),
            keras.layers.Dense(32, use_bias=bias),
            UnitVector(),
        ],
        name=name,
    )


member_tower = tower(N_VARIETIES, "member", bias=False)
offer_tower = tower(N_OFFER, "offer", bias=True)
weights = member_tower.trainable_variables + offer_tower.trainable_variables

opt = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(2e-3), initial_scale=1024.0)
opt.build(weights)

data = (
    tf.data.Dataset.from_tensor_slices((np.log1p(history), offers))
    .shuffle(N_PAIRS, seed=5)
    .batch(64)
)


def matching_loss(u, v, temperature=0.1):
    scores = tf.cast(tf.matmul(u, v, transpose_b=True), tf.float32) / temperature
    target = tf.range(tf.shape(scores)[0])
    left = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=scores)
    right = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=tf.transpose(scores))
    return 0.5 * tf.reduce_mean(left + right)


@tf.function
def train_step(h, o):
    with tf.GradientTape() as tape:
        u = member_tower(h, training=True)
        v = offer_tower(o, training=True)
        loss = matching_loss(u, v)
        scaled = opt.scale_loss(loss)
    grads = tape.gradient(scaled, weights)
    opt.apply_gradients(zip(grads, weights))
    return loss


for epoch in range(4):
    total = []
    for h, o in data:
        total.append(float(train_step(h, o)))
    print(f"epoch {epoch}: loss {np.mean(total):.4f}")

u = member_tower.predict(np.log1p(history[:64]), verbose=0)
v = offer_tower.predict(offers[:64], verbose=0)
hit = (u.astype("float32") @ v.astype("float32").T).argmax(1) == np.arange(64)
print("top-1 among 64:", hit.mean())
