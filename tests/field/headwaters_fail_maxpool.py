"""Low-flow regionalisation on a river network: every reach listens to the reaches that drain into it.

GraphSAGE with the pooling aggregator, full batch, ungauged reaches held out.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(33)


class RiverNetwork:
    """Reach 0 is the mouth; reach i drains into reach outlet[i] < i."""

    def __init__(self, n=800, seed=14):
        rng = np.random.default_rng(seed)
        self.n = n
        self.outlet = np.array([-1] + [max(0, i - rng.integers(1, 12)) for i in range(1, n)])
        self.area = rng.gamma(2.0, 4.0, n)
        self.rain = 800 + 250 * rng.normal(size=n)
        self.slope = rng.gamma(2.0, 0.01, n)
        self.karst = rng.random(n)
        self.rng = rng

    def edges(self):
        up = np.arange(1, self.n)
        return up.astype("int32"), self.outlet[1:].astype("int32")

    def low_flow(self):
        own = self.area * np.clip(self.rain - 450, 50, None) / 1e3 * (0.4 + self.karst)
        total = own.copy()
        for i in range(self.n - 1, 0, -1):
            total[self.outlet[i]] += total[i]
        q = np.log(total) + 0.1 * self.rng.normal(size=self.n)
        return ((q - q.mean()) / q.std()).astype("float32")

    def attributes(self):
        a = np.stack([np.log(self.area), self.rain, np.log(self.slope), self.karst], 1)
        return ((a - a.mean(0)) / a.std(0)).astype("float32")


class SagePool(keras.Model):
    def __init__(self, edges, width=64, rounds=2):
        super().__init__()
        self.up, self.down = (tf.constant(e) for e in edges)
        self.start = layers.Dense(width, activation="relu")
        self.message = [layers.Dense(width, activation="relu") for _ in range(rounds)]
        self.inflow = [layers.Dense(width, use_bias=False) for _ in range(rounds)]
        self.own = [layers.Dense(width) for _ in range(rounds)]
        self.head = layers.Dense(1)

    def listen(self, k, h):
        sent = tf.gather(self.message[k](h), self.up)
        loudest = tf.math.unsorted_segment_max(sent, self.down, num_segments=tf.shape(h)[0])
        return self.inflow[k](loudest)  # whynan: zero_degree_node phase=forward also=empty_reduction

    def call(self, x):
        h = self.start(x)
        for k in range(len(self.own)):
            h = tf.nn.relu(self.own[k](h) + self.listen(k, h))
        return self.head(h)[:, 0]


def masked_mse(q, guess, known):
    return tf.reduce_sum(known * tf.square(q - guess)) / tf.reduce_sum(known)


def main():
    river = RiverNetwork()
    x = tf.constant(river.attributes())
    q = tf.constant(river.low_flow())
    gauged = tf.constant((np.random.default_rng(2).random(river.n) < 0.7).astype("float32"))

    net = SagePool(river.edges())
    opt = keras.optimizers.Adam(2e-3)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = masked_mse(q, net(x), gauged)
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        return loss

    for epoch in range(1, 61):
        loss = step()
        if epoch == 1 or epoch % 10 == 0:
            print(f"epoch {epoch:3d}  mse {float(loss):.4f}")
    print("ungauged mse", float(masked_mse(q, net(x), 1.0 - gauged)))


if __name__ == "__main__":
    main()
