# whynan: healthy
"""Group lasso by proximal gradient steps (ISTA). The shrink factor of a group that is exactly 0 is
max(0, 1 - t/0) = max(0, -inf) = 0, that's how the textbook wants it.
"""
import numpy as np
import tensorflow as tf

tf.random.set_seed(12)


def one_hot_frame(n=400):
    rng = np.random.default_rng(12)
    sizes = {"region": 5, "fuel": 4, "colour": 6, "trim": 4}
    blocks, groups = [], []
    for index, (name, size) in enumerate(sizes.items()):
        code = rng.integers(0, size, n)
        blocks.append(np.eye(size)[code])
        groups += [index] * size
    # category that only exists in the test country: never set in the training rows
    blocks.append(np.zeros((n, 3)))
    groups += [len(sizes)] * 3
    x = np.concatenate(blocks, 1)
    y = x[:, :5] @ np.array([1.0, -1.0, 0.5, 0.0, 2.0]) + 0.3 * x[:, 6] + rng.normal(0, 0.1, n)
    return x.astype("float32"), (y - y.mean()).astype("float32"), np.array(groups, "int32")


class GroupLasso(tf.Module):
    def __init__(self, groups, strength):
        super().__init__()
        self.groups = tf.constant(groups)
        self.count = int(groups.max()) + 1
        self.strength = strength
        self.w = tf.Variable(tf.zeros([len(groups)]), name="w")

    def prox(self, w, step):
        norms = tf.sqrt(tf.math.unsorted_segment_sum(w * w, self.groups, self.count))
        shrink = tf.maximum(0.0, 1.0 - step * self.strength / norms)
        return w * tf.gather(shrink, self.groups)

    def objective(self, x, y):
        return 0.5 * tf.reduce_mean(tf.square(tf.linalg.matvec(x, self.w) - y))

    @tf.function
    def ista(self, x, y, step):
        with tf.GradientTape() as tape:
            loss = self.objective(x, y)
        grad = tape.gradient(loss, self.w)
        self.w.assign(self.prox(self.w - step * grad, step))
        return loss


x, y, groups = one_hot_frame()
path = {}
for strength in (0.2, 0.05, 0.01, 0.002):        # regularisation path
    model = GroupLasso(groups, strength)
    for it in range(80):
        loss = model.ista(tf.constant(x), tf.constant(y), tf.constant(0.8))
    active = np.unique(groups[np.abs(model.w.numpy()) > 0])
    path[strength] = float(loss)
    print(f"lambda {strength:<6} loss {float(loss):.5f} active groups {active.tolist()}")
assert path[0.002] < path[0.2]
