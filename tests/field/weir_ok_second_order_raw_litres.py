"""Discharge over a weir (litres per second) fitted with scipy's L-BFGS, the network is Keras.

The sum of squares starts at some tens of millions, and half of the list that tape.gradient returns is None because the
turbidity head has no measurements yet. Both look wrong. Do I have to scale the discharge, or is the gradient broken?
"""
import numpy as np
import tensorflow as tf
import keras
from scipy import optimize

keras.utils.set_random_seed(40)
FEATURES = ["head_cm", "gate_share", "water_temp", "weed_index", "downstream_cm"]


def gaugings(count, rng):
    head = rng.uniform(8.0, 60.0, count)
    gate = rng.uniform(0.2, 1.0, count)
    temp = rng.uniform(3.0, 21.0, count)
    weed = rng.beta(2.0, 5.0, count)
    downstream = head * rng.uniform(0.1, 0.7, count)
    flow = 2.6 * gate * head ** 1.5 * np.sqrt(1.0 - (downstream / head) ** 2) * (1.0 - 0.35 * weed)
    flow = flow * (1.0 + 0.03 * rng.normal(size=count))
    return np.stack([head, gate, temp, weed, downstream], axis=1), flow


def weir_network(inputs):
    x = keras.Input((inputs,), name="gauging")
    h = keras.layers.Dense(20, activation="tanh")(x)
    h = keras.layers.Dense(12, activation="tanh")(h)
    flow = keras.layers.Dense(1, name="flow")(h)
    murk = keras.layers.Dense(8, activation="tanh", name="murk_hidden")(h)
    turbidity = keras.layers.Dense(1, name="turbidity")(murk)
    return keras.Model(x, [flow, turbidity])


class FlatModel:
    """Shows the weights of a Keras model as one long vector, the way scipy wants them."""

    def __init__(self, model):
        self.model = model
        self.variables = model.trainable_variables
        self.shapes = [tuple(v.shape) for v in self.variables]
        self.cuts = np.cumsum([int(np.prod(s)) for s in self.shapes])[:-1]

    def get(self):
        return np.concatenate([v.numpy().ravel() for v in self.variables]).astype("float64")

    def set(self, vector):
        for variable, part, shape in zip(self.variables, np.split(vector, self.cuts), self.shapes):
            variable.assign(part.reshape(shape).astype("float32"))


def main():
    rng = np.random.default_rng(40)
    raw, flow = gaugings(420, rng)
    x = tf.constant((raw - raw.mean(axis=0)) / raw.std(axis=0), tf.float32)
    y = tf.constant(flow[:, None], tf.float32)
    model = weir_network(len(FEATURES))
    flat = FlatModel(model)

    @tf.function
    def squares_and_gradient():
        with tf.GradientTape() as tape:
            predicted, _ = model(x, training=True)
            squares = tf.reduce_sum(tf.square(predicted - y))
        grads = tape.gradient(squares, flat.variables)
        grads = [tf.zeros(s) if g is None else g for g, s in zip(grads, flat.shapes)]
        return squares, tf.concat([tf.reshape(g, [-1]) for g in grads], axis=0)

    trace = []

    def objective(vector):
        flat.set(vector)
        squares, gradient = squares_and_gradient()
        trace.append(float(squares))
        return trace[-1], gradient.numpy().astype("float64")

    result = optimize.minimize(objective, flat.get(), jac=True, method="L-BFGS-B",
                               options={"maxiter": 150, "maxcor": 20})
    flat.set(result.x)
    print("evaluations", len(trace), "-", result.message)
    for number in range(0, len(trace), 20):
        print(f"  {number:4d}  sum of squares {trace[number]:16.1f}")
    print("explained share of the variance:", 1.0 - result.fun / float(((flow - flow.mean()) ** 2).sum()))


if __name__ == "__main__":
    main()
# whynan: healthy
