# Which companies will be late?  Two graph attention layers on the supplier network,
# written on edge lists because spektral does not install here.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

N = 700
FEATS = 10


def supply_network():
    """tier 0 = raw materials ... tier 3 = finished goods; goods flow from lower to higher tier"""
    tier = rng.choice(4, size=N, p=[0.3, 0.3, 0.25, 0.15])
    src, dst = [], []
    for company in range(N):
        if tier[company] == 0:
            continue
        upstream = np.flatnonzero(tier == tier[company] - 1)
        for s in rng.choice(upstream, size=rng.integers(1, 7), replace=False):
            src.append(s)
            dst.append(company)
    x = rng.normal(size=(N, FEATS)).astype("float32")
    stress = x[:, 0] + 0.5 * x[:, 1]
    for _ in range(2):
        carried = np.zeros(N)
        np.add.at(carried, dst, 0.4 * stress[src])
        stress = stress + carried
    late = (stress > np.median(stress)).astype("float32")
    return x, np.array(src, "int32"), np.array(dst, "int32"), late, tier


x, src, dst, late, tier = supply_network()
print(f"{N} companies, {len(src)} deliveries, {late.mean():.0%} late")


class EdgeAttention(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.message = layers.Dense(units, use_bias=False)
        self.own = layers.Dense(units)
        self.score_src = layers.Dense(1, use_bias=False)
        self.score_dst = layers.Dense(1, use_bias=False)

    def call(self, h, src, dst):
        n = h.shape[0]
        m = self.message(h)
        e = tf.gather(self.score_src(m), src) + tf.gather(self.score_dst(m), dst)
        e = tf.nn.leaky_relu(e[:, 0], 0.2)
        # softmax over the edges that arrive at one node
        top = tf.math.unsorted_segment_max(e, dst, n)
        num = tf.exp(e - tf.gather(top, src))  # whynan: exp_overflow phase=forward also=zero_degree_node,empty_reduction
        den = tf.math.unsorted_segment_sum(num, dst, n)
        alpha = num / tf.gather(den, dst)
        arriving = tf.math.unsorted_segment_sum(alpha[:, None] * tf.gather(m, src), dst, n)
        return tf.nn.elu(arriving + self.own(h))


class LateNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.g1 = EdgeAttention(24)
        self.g2 = EdgeAttention(24)
        self.drop = layers.Dropout(0.2)
        self.out = layers.Dense(1)

    def call(self, h, src, dst, training=False):
        h = self.drop(self.g1(h, src, dst), training=training)
        return self.out(self.g2(h, src, dst))[:, 0]


known = np.zeros(N, "float32")
known[rng.permutation(N)[:450]] = 1.0
net = LateNet()
opt = keras.optimizers.Adam(5e-3)
X, S, D, Y, W = map(tf.constant, (x, src, dst, late, known))

for epoch in range(60):
    with tf.GradientTape() as tape:
        logit = net(X, S, D, training=True)
        ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=Y, logits=logit)
        loss = tf.reduce_sum(ce * W) / tf.reduce_sum(W)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    if epoch % 10 == 0:
        hit = (net(X, S, D).numpy() > 0) == (late > 0.5)
        print(f"{epoch:3d}  loss {float(loss):.4f}  unseen companies right {hit[known == 0].mean():.3f}")
