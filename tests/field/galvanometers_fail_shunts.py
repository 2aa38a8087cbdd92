"""Calibrate six shunts on the old test bench: voltages over the shunts (V, a few mV) -> deflection of the galvanometer."""
import numpy as np
import keras

keras.utils.set_random_seed(1888)
rng = np.random.default_rng(1888)

BATCH = 32


def bench_log(rows):
    volts = rng.normal(0.0, 1e-3, (rows, 6))
    gain = np.array([0.8, -0.3, 0.5, 0.1, -0.6, 0.25])
    deflection = volts @ gain * 1000 + 0.4 + rng.normal(0, 0.05, rows)
    return volts.astype("float32"), deflection.astype("float32")[:, None]


class Batches:
    """Goes through the log in order; the net wants millivolts."""

    def __init__(self, volts, deflection, size):
        self.volts = volts
        self.deflection = deflection
        self.size = size

    def __len__(self):
        return -(-len(self.volts) // self.size)

    def __iter__(self):
        for k in range(len(self)):
            rows = slice(k * self.size, (k + 1) * self.size)
            x = self.volts[rows]
            x *= 1000.0
            yield x, self.deflection[rows]


volts, deflection = bench_log(1200)
volts_test, deflection_test = bench_log(200)
print("voltage range [mV]: %.2f .. %.2f" % (1e3 * volts.min(), 1e3 * volts.max()))

model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, name="shunts")])
model.compile(optimizer=keras.optimizers.SGD(0.03), loss="mse")

batches = Batches(volts, deflection, BATCH)
for epoch in range(5):
    losses = []
    for x, y in batches:
        loss = model.train_on_batch(x, y)  # whynan: unscaled_input phase=loss|forward also=learning_rate_too_high,exploding_gradient
        losses.append(float(loss))
    print(f"epoch {epoch}: first batch {losses[0]:.4f}, last batch {losses[-1]:.4f}")

kernel, bias = model.get_layer("shunts").get_weights()
print("gains:", kernel.ravel().round(3), "zero:", bias.round(3))
check = model.predict(volts_test * 1000.0, verbose=0)
print("rms on the test log:", np.sqrt(np.mean((check - deflection_test) ** 2)))
