"""Laboratory blowfly cages: a small network reads food and temperature of a cage and gives the growth rate of
the generation map, the whole history is simulated with tf.scan and compared with the counts. I lengthen the
horizon step by step (curriculum). Short horizons are fine, on the longer ones the weights turn to nan although
the simulated densities always stay between 0 and 1 and the gradients are clipped."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
CAGES = 32
CONFIG = {"horizons": [20, 40, 80, 160, 320], "steps_per_stage": 12, "rate": 5e-4, "clip": 1.0}


def cage_data(generations, seed=5):
    rng = np.random.default_rng(seed)
    food = rng.uniform(0.0, 1.0, (CAGES, 2)).astype("float32")
    rate = 3.86 + 0.08 * food[:, 0] + 0.03 * food[:, 1]
    density = rng.uniform(0.2, 0.6, CAGES)
    first, rows = density.astype("float32"), []
    for _ in range(generations):
        density = rate * density * (1.0 - density)
        rows.append(density)
    counts = np.array(rows) * np.exp(rng.normal(0.0, 0.02, (generations, CAGES)))
    return food, first, counts.astype("float32")


class CageRate(keras.Model):
    def __init__(self, units=8):
        super().__init__()
        self.hidden = keras.layers.Dense(units, activation="tanh")
        self.out = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(3.6))

    def call(self, food):
        # the map leaves the unit interval above 4
        return 4.0 * tf.sigmoid(self.out(self.hidden(food)))[:, 0]


class Fitter:
    def __init__(self, config):
        self.config = config
        self.model = CageRate()
        self.optimizer = keras.optimizers.Adam(config["rate"])

    def simulate(self, rate, first, generations):
        return tf.scan(lambda n, _: rate * n * (1.0 - n), tf.range(generations), initializer=first)  # whynan: exploding_gradient phase=gradient

    @tf.function(reduce_retracing=True)
    def step(self, food, first, counts):
        with tf.GradientTape() as tape:
            rate = self.model(food)
            path = self.simulate(rate, first, tf.shape(counts)[0])
            loss = tf.reduce_mean(tf.square(path - counts))
        grads = tape.gradient(loss, self.model.trainable_variables)
        clip = self.config["clip"]
        grads = [tf.clip_by_value(g, -clip, clip) for g in grads]
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss, tf.reduce_min(path), tf.reduce_max(path)


food, first, counts = cage_data(max(CONFIG["horizons"]))
fitter = Fitter(CONFIG)
fitter.model(food[:1])
fitter.optimizer.build(fitter.model.trainable_variables)
for horizon in CONFIG["horizons"]:
    window = tf.constant(counts[:horizon])
    for _ in range(CONFIG["steps_per_stage"]):
        loss, low, high = fitter.step(tf.constant(food), tf.constant(first), window)
    print(f"horizon {horizon:4d}: loss {float(loss):.4f}  densities {float(low):.3f} .. {float(high):.3f}")
