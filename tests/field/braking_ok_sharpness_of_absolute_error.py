"""Upper 90 % quantile of the braking distance of trams, linear in four features. Every few epochs I estimate the
sharpness (largest eigenvalue of the Hessian, power iteration). It is nan at every report, so there must be a NaN in
the second derivative, and I fear for the first. The pinball loss itself seems to converge.
"""
import keras
import numpy as np
import tensorflow as tf

SEED, QUANTILE = 55, 0.9


def rides(n=1200):
    rng = np.random.default_rng(SEED)
    speed = rng.uniform(15.0, 60.0, n)
    load = rng.uniform(0.0, 1.0, n)
    wet = (rng.random(n) < 0.3).astype("float64")
    slope = rng.normal(0.0, 2.0, n)
    distance = 0.012 * speed**2 * (1.0 + 0.2 * load + 0.4 * wet - 0.02 * slope) + rng.gamma(2.0, 1.0 + 1.5 * wet)
    x = np.stack([speed**2, load, wet, slope], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), (distance / 10.0).reshape(-1, 1).astype("float32")


def pinball(distance, predicted):
    error = distance - predicted
    return tf.reduce_mean(tf.maximum(QUANTILE * error, (QUANTILE - 1.0) * error))


def hessian_times(net, x, distance, direction):
    parameters = net.trainable_variables
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = pinball(distance, net(x))
        gradients = inner.gradient(loss, parameters)
        slope = tf.add_n([tf.reduce_sum(g * d) for g, d in zip(gradients, direction)])
    product = outer.gradient(slope, parameters)
    return [tf.zeros_like(d) if p is None else p for p, d in zip(product, direction)]


def sharpness(net, x, distance, rounds=4):
    direction = [
        tf.random.stateless_normal(p.shape, seed=(SEED, i)) for i, p in enumerate(net.trainable_variables)
    ]
    eigenvalue = None
    for _ in range(rounds):
        length = tf.linalg.global_norm(direction)
        direction = [d / length for d in direction]
        image = hessian_times(net, x, distance, direction)
        eigenvalue = tf.add_n([tf.reduce_sum(d * i) for d, i in zip(direction, image)])
        direction = image
    return float(eigenvalue)


class QuantileFit:
    def __init__(self):
        self.net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
        schedule = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=360)
        self.optimizer = keras.optimizers.Adam(schedule)
        self.optimizer.build(self.net.trainable_variables)

    @tf.function
    def step(self, x, distance):
        with tf.GradientTape() as tape:
            loss = pinball(distance, self.net(x, training=True))
        gradients = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.net.trainable_variables))  # whynan: side_nonfinite
        return loss

    def run(self, x, distance, epochs=18, batch=60):
        rng = np.random.default_rng(SEED)
        for epoch in range(epochs):
            order = rng.permutation(len(x))
            losses = [
                float(self.step(tf.constant(x[rows]), tf.constant(distance[rows])))
                for rows in np.split(order, len(x) // batch)
            ]
            line = f"epoch {epoch + 1:2d}  pinball {np.mean(losses):.4f}"
            if epoch % 3 == 0:
                line += f"  sharpness {sharpness(self.net, tf.constant(x[:300]), tf.constant(distance[:300])):.4f}"
            print(line)
        covered = float(np.mean(distance <= self.net.predict(x, verbose=0)))
        print(f"distances below the predicted quantile: {covered:.1%}")


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    QuantileFit().run(*rides())
