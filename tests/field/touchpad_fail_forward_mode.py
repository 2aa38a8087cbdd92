"""Finger position from six touchpad electrodes.

The camera gives positions only roughly, but the finger sled's encoder gives speed precisely.
So the net is trained on both: position directly, and its rate of change along the measured
electrode rates (one forward-mode product instead of a whole Jacobian).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)

HZ = 50.0
ELECTRODES = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]], "float64")


def sled_run(n=1100):
    """Program of strokes with stops in between."""
    rng = np.random.default_rng(19)
    at = [np.array([1.0, 0.5])]
    while len(at) < n:
        goal = rng.uniform([0.1, 0.1], [1.9, 0.9])
        begin, steps = at[-1], int(rng.integers(30, 60))
        for k in range(1, steps + 1):
            at.append(begin + (goal - begin) * k / steps)
        at.extend([goal] * int(rng.integers(8, 16)))
    return np.array(at[:n])


def electrode_signal(at):
    d2 = ((at[:, None, :] - ELECTRODES[None]) ** 2).sum(-1)
    return np.round(4095 * np.exp(-d2 / 0.5)) / 4095          # 12 bit converter


class Net(tf.Module):
    def __init__(self, sizes):
        super().__init__()
        init = keras.initializers.GlorotUniform(seed=2)
        self.kernels = [tf.Variable(init((a, b))) for a, b in zip(sizes[:-1], sizes[1:])]
        self.biases = [tf.Variable(tf.zeros(b)) for b in sizes[1:]]

    def __call__(self, x):
        for w, b in zip(self.kernels[:-1], self.biases[:-1]):
            x = tf.tanh(x @ w + b)
        return x @ self.kernels[-1] + self.biases[-1]


class Adam:
    def __init__(self, params, rate):
        self.params, self.rate, self.t = params, rate, 0
        self.m = [tf.zeros_like(p) for p in params]
        self.v = [tf.zeros_like(p) for p in params]

    def step(self, grads):
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads)):
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * g * g
            m_hat = self.m[i] / (1 - 0.9 ** self.t)
            v_hat = self.v[i] / (1 - 0.999 ** self.t)
            p.assign_sub(self.rate * m_hat / (tf.sqrt(v_hat) + 1e-7))


path = sled_run()
signal = electrode_signal(path)
noise = np.random.default_rng(20)
rate = np.diff(signal, axis=0) * HZ
camera = path[1:] + noise.normal(0, 0.03, (len(path) - 1, 2))
speed = np.linalg.norm(np.diff(path, axis=0), axis=1) * HZ
speed = speed + noise.normal(0, 0.005, len(speed))
x = signal[1:]
scale = x.std(0)
x = (x - x.mean(0)) / scale
rate = rate / scale

data = tf.data.Dataset.from_tensor_slices(
    tuple(a.astype("float32") for a in (x, rate, camera, speed))
).shuffle(2000, seed=19).batch(64)

net = Net([6, 32, 32, 2])
opt = Adam(net.trainable_variables, 3e-3)

for epoch in range(6):
    logs = []
    for xb, rb, cb, sb in data:
        with tf.GradientTape() as tape:
            with tf.autodiff.ForwardAccumulator(xb, rb) as forward:
                position = net(xb)
            moving = forward.jvp(position)
            pace = tf.norm(moving, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
            off = tf.reduce_mean(tf.reduce_sum(tf.square(position - cb), axis=-1))
            slip = tf.reduce_mean(tf.square(pace - sb))
            total = off + 0.2 * slip
        opt.step(tape.gradient(total, net.trainable_variables))
        logs.append([float(off), float(slip)])
    print("epoch %d  position %.4f  speed %.4f" % (epoch, *np.mean(logs, axis=0)))
