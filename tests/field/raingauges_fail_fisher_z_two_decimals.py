"""How alike do two rain gauges measure? Correlation of a pair from distance, height difference and aspect.

Small hand-made network on the whole table at once. The loss is inf at step 0 and nan from step 1 on. Smaller rates and a
smaller initialisation change nothing, the correlations are all between -1 and 1.
"""
import io

import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(41)
STEPS, RATE = 120, 0.05


def pairs_file(pairs=300, seed=41):
    """Stands in for the table of the weather service: semicolons, two decimals for r."""
    rng = np.random.default_rng(seed)
    distance = rng.gamma(2.0, 45.0, pairs) + 3.0
    height = np.abs(rng.normal(0, 320.0, pairs))
    aspect = rng.uniform(0, 180, pairs)
    days = rng.integers(400, 3600, pairs)
    r = np.exp(-distance / 160.0) - 0.0002 * height - 0.0004 * aspect + rng.normal(0, 0.04, pairs)
    r = np.clip(r, -0.15, 0.94)
    # gauges that were moved by a few hundred metres and run side by side for a while
    for row, km, alike in [(64, 0.2, 0.9974), (158, 0.4, 0.9961), (227, 0.1, 0.9988)]:
        distance[row], height[row], aspect[row], r[row] = km, 4.0, 0.0, alike
    lines = ["distance_km;height_m;aspect_deg;common_days;r"]
    for d, h, a, n, c in zip(distance, height, aspect, days, r):
        lines.append(f"{d:.1f};{h:.0f};{a:.0f};{n};{c:.2f}")
    return "\n".join(lines)


class PairNet(tf.Module):
    def __init__(self, n_in, width=20):
        super().__init__()
        self.w1 = tf.Variable(tf.random.normal((n_in, width), stddev=n_in ** -0.5))
        self.b1 = tf.Variable(tf.zeros((width,)))
        self.w2 = tf.Variable(tf.random.normal((width, 1), stddev=width ** -0.5))
        self.b2 = tf.Variable(tf.zeros((1,)))

    def __call__(self, x):
        h = tf.tanh(x @ self.w1 + self.b1)
        return (h @ self.w2 + self.b2)[:, 0]


table = np.genfromtxt(io.StringIO(pairs_file()), delimiter=";", names=True)
print(table.shape[0], "pairs, missing values:", sum(int(np.isnan(table[name]).sum()) for name in table.dtype.names))
assert np.all(np.abs(table["r"]) <= 1.0)

x = np.column_stack([
    np.log1p(table["distance_km"]) - 4.0,
    table["height_m"] / 300.0 - 1.0,
    np.cos(np.deg2rad(table["aspect_deg"])),
])
# r is squeezed near 1, Fisher's z is nearly normal with variance 1 / (n - 3)
z = np.arctanh(table["r"])  # whynan: label_on_boundary phase=data rows=64,158,227 also=inf_in_label,divide_by_zero,log_of_zero,nan_in_label
precision = table["common_days"] - 3.0
precision = precision / precision.mean()

x = tf.constant(x, tf.float32)
z = tf.constant(z, tf.float32)
precision = tf.constant(precision, tf.float32)
net = PairNet(x.shape[1])

for step in range(STEPS):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(precision * tf.square(net(x) - z))
    for variable, grad in zip(net.trainable_variables, tape.gradient(loss, net.trainable_variables)):
        variable.assign_sub(RATE * grad)
    if step < 3 or step % 30 == 0:
        print(f"step {step:3d}  loss {float(loss):.4f}")

print("r of neighbours 10 km apart:", float(tf.tanh(net(tf.constant([[np.log1p(10.0) - 4.0, -0.8, 1.0]], tf.float32)))[0]))
