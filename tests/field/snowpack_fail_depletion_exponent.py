"""Snow model with learned parameters: a small net turns basin attributes into the melt factor and the snow line.

One season of 150 days, simulated with tf.scan.  The first loss is a sensible number, the second one is NaN.
The gradient norm is clipped and I looked at the states: water is conserved and no pack is ever negative.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(14)

CONFIG = {"basins": 48, "days": 150, "batch": 16, "steps": 30, "rate": 3e-3, "depletion": 0.67}


def seasons(config, rng):
    basins, days = config["basins"], config["days"]
    attributes = rng.normal(size=(basins, 5)).astype("float32")
    day = np.arange(days)
    # from the middle of October to the middle of March
    base = 6.0 - 9.0 * np.sin(np.pi * day / days)
    temperature = base[None, :] - 1.5 * attributes[:, :1] + rng.normal(0, 3.0, (basins, days))
    wet = rng.random((basins, days)) < 0.4
    precipitation = np.where(wet, rng.gamma(1.2, 6.0, (basins, days)), 0.0)
    return attributes, temperature.astype("float32"), precipitation.astype("float32")


class ParameterNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="tanh")
        self.out = keras.layers.Dense(2)

    def call(self, attributes):
        raw = self.out(self.hidden(attributes))
        melt_factor = 0.5 + 4.0 * tf.sigmoid(raw[:, 0])
        snow_line = 2.0 * tf.tanh(raw[:, 1])
        return melt_factor, snow_line


def simulate(melt_factor, snow_line, temperature, precipitation, depletion):
    """Daily outflow (mm) of every basin, shape (days, batch)."""

    def one_day(state, weather):
        pack, _ = state
        temp, water = weather
        fraction = tf.clip_by_value((snow_line + 1.0 - temp) / 2.0, 0.0, 1.0)
        available = pack + fraction * water
        # patchy cover melts more slowly than a closed one
        cover = tf.pow(pack, depletion)  # whynan: pow_grad_at_zero phase=gradient
        melt = tf.minimum(melt_factor * tf.maximum(temp, 0.0) * cover, available)
        return available - melt, melt + (1.0 - fraction) * water

    start = (tf.zeros_like(melt_factor), tf.zeros_like(melt_factor))
    forcing = (tf.transpose(temperature), tf.transpose(precipitation))
    _, outflow = tf.scan(one_day, forcing, initializer=start)
    return outflow


def main(config=CONFIG):
    rng = np.random.default_rng(14)
    attributes, temperature, precipitation = seasons(config, rng)
    truth_factor = tf.constant(2.0 + 0.6 * attributes[:, 1])
    truth_line = tf.constant(0.5 * attributes[:, 2])
    observed = simulate(truth_factor, truth_line, temperature, precipitation, config["depletion"])
    observed = tf.transpose(observed).numpy() * rng.lognormal(0, 0.05, (config["basins"], config["days"]))

    data = tf.data.Dataset.from_tensor_slices(
        (attributes, temperature, precipitation, observed.astype("float32"))
    ).shuffle(64, seed=1).repeat().batch(config["batch"]).take(config["steps"])

    net = ParameterNet()
    net(attributes[:2])
    optimizer = keras.optimizers.Adam(config["rate"])
    optimizer.build(net.trainable_variables)

    @tf.function
    def train_step(attr, temp, rain, flow):
        with tf.GradientTape() as tape:
            factor, line = net(attr)
            modelled = simulate(factor, line, temp, rain, config["depletion"])
            loss = tf.reduce_mean(tf.square(tf.sqrt(modelled + 1.0) - tf.sqrt(tf.transpose(flow) + 1.0)))
        grads = tape.gradient(loss, net.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 1.0)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))
        return loss

    for number, batch in enumerate(data):
        loss = train_step(*batch)
        if number % 5 == 0 or number < 3:
            print(f"step {number:3d}  loss {float(loss):.4f}")


if __name__ == "__main__":
    main()
