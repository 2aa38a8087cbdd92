"""Which of three firefly species is flashing? A little spiking net on eight photodiodes."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)

STEPS = 30
DIODES = 8
HIDDEN = 40
THRESHOLD = 1.0
DECAY = 0.9
SLOPE = 25.0
RATE, MOMENTUM = 0.05, 0.9


@tf.custom_gradient
def fire(v):
    """Heaviside step; going backwards, the slope of a steep sigmoid."""
    spikes = tf.cast(v > 0.0, v.dtype)

    def grad(upstream):
        return upstream * SLOPE * tf.exp(-SLOPE * v) / tf.square(1.0 + tf.exp(-SLOPE * v))  # whynan: exp_overflow phase=gradient also=wrong_custom_gradient

    return spikes, grad


def meadow_nights(n, rng):
    species = rng.integers(0, 3, n)
    period = np.array([5, 8, 13])[species]
    phase = rng.integers(0, 13, n)
    t = np.arange(STEPS)
    flash = ((t[None] + phase[:, None]) % period[:, None] < np.array([1, 2, 4])[species][:, None]).astype(float)
    distance = rng.uniform(0.5, 1.5, (n, 1, DIODES))
    light = 2.0 * flash[:, :, None] / distance ** 2
    ambient = rng.uniform(0.6, 1.0, (n, 1, 1))
    return (light + ambient + rng.normal(0, 0.05, light.shape)).astype("float32"), species.astype("int32")


class SpikingNet(tf.Module):
    def __init__(self):
        super().__init__()
        init = tf.random_normal_initializer(stddev=DIODES ** -0.5)
        self.w_in = tf.Variable(init((DIODES, HIDDEN)), name="w_in")
        self.w_out = tf.Variable(tf.random.normal((HIDDEN, 3), stddev=0.2), name="w_out")
        self.b_out = tf.Variable(tf.zeros(3), name="b_out")

    def __call__(self, light):
        membrane = tf.zeros((light.shape[0], HIDDEN))
        count = tf.zeros_like(membrane)
        for t in range(STEPS):
            membrane = DECAY * membrane + light[:, t] @ self.w_in
            s = fire(membrane - THRESHOLD)
            membrane -= THRESHOLD * tf.stop_gradient(s)
            count += s
        self.rate = tf.reduce_mean(count) / STEPS
        return (count / STEPS) @ self.w_out + self.b_out


def main():
    rng = np.random.default_rng(4)
    x, y = meadow_nights(1200, rng)
    x_val, y_val = meadow_nights(300, rng)
    net = SpikingNet()
    velocity = [tf.Variable(tf.zeros_like(v)) for v in net.trainable_variables]
    for epoch in range(4):
        order = rng.permutation(len(x))
        losses = []
        for i in range(0, len(x), 60):
            b = order[i : i + 60]
            with tf.GradientTape() as tape:
                logits = net(tf.constant(x[b]))
                ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y[b], logits=logits)
                loss = tf.reduce_mean(ce) + 0.1 * tf.square(net.rate - 0.2)
            g = tape.gradient(loss, net.trainable_variables)
            for variable, speed, slope in zip(net.trainable_variables, velocity, g):
                speed.assign(MOMENTUM * speed + slope)
                variable.assign_sub(RATE * speed)
            losses.append(float(loss))
        hit = np.mean(net(tf.constant(x_val)).numpy().argmax(1) == y_val)
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}, firing rate {float(net.rate):.2f}, val acc {hit:.2f}")


if __name__ == "__main__":
    main()
