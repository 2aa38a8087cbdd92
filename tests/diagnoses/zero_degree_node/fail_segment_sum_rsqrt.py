"""LightGCN style recommender on an edge list."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(13)
rng = np.random.default_rng(13)
USERS, ITEMS, DIM = 30, 25, 8
edges = np.unique(np.stack([rng.integers(0, USERS, 200), rng.integers(0, ITEMS - 1, 200)], 1), axis=0)
u_idx = tf.constant(edges[:, 0], tf.int32)
i_idx = tf.constant(edges[:, 1], tf.int32)      # the last item has no interactions yet

user_emb = tf.Variable(tf.random.normal((USERS, DIM), stddev=0.1))
item_emb = tf.Variable(tf.random.normal((ITEMS, DIM), stddev=0.1))
adam = tf.keras.optimizers.Adam(0.02)
ones = tf.ones(len(edges))


def propagate(u, v):
    du = tf.math.rsqrt(tf.math.unsorted_segment_sum(ones, u_idx, USERS) + 1.0)
    dv = tf.math.rsqrt(tf.math.unsorted_segment_sum(ones, i_idx, ITEMS))  # whynan: zero_degree_node phase=forward|loss also=divide_by_zero
    u, v = u * du[:, None], v * dv[:, None]
    to_users = tf.math.unsorted_segment_sum(tf.gather(v, i_idx), u_idx, USERS) * du[:, None]
    to_items = tf.math.unsorted_segment_sum(tf.gather(u, u_idx), i_idx, ITEMS) * dv[:, None]
    return to_users, to_items


@tf.function
def bpr_step(users, pos, neg):
    with tf.GradientTape() as tape:
        u, v = propagate(user_emb, item_emb)
        eu = tf.gather(u, users)
        diff = tf.reduce_sum(eu * (tf.gather(v, pos) - tf.gather(v, neg)), axis=1)
        loss = -tf.reduce_mean(tf.math.log_sigmoid(diff))
    grads = tape.gradient(loss, [user_emb, item_emb])
    adam.apply_gradients(zip(grads, [user_emb, item_emb]))
    return loss


for step in range(5):
    pick = rng.integers(0, len(edges), 64)
    neg = rng.integers(0, ITEMS, 64)
    print(step, bpr_step(edges[pick, 0], edges[pick, 1], neg).numpy())
