"""Privacy filter for smart plug readings.

An encoder publishes an 8-number code of a day of plug readings. A task head forecasts tomorrow's
demand from the code. A spy tries to read household income from it. Encoder plus task head and spy
take turns, so that the code stays useful without giving income away.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(13)

PLUGS, CODE = 12, 8
PRIVACY = 1.0


def households(n=2048):
    rng = np.random.default_rng(13)
    income = rng.normal(size=n)
    habit = rng.normal(size=(n, 3))
    mix = rng.normal(0, 0.5, (3, PLUGS))
    load = habit @ mix + 0.6 * income[:, None] * rng.uniform(0, 1, PLUGS) + rng.normal(0, 0.4, (n, PLUGS))
    demand = habit[:, 0] + 0.5 * habit[:, 1] + 0.3 * income + rng.normal(0, 0.2, n)
    load = (load - load.mean(0)) / load.std(0)
    demand = (demand - demand.mean()) / demand.std()
    return [a.astype("float32") for a in (load, demand[:, None], income[:, None])]


class Affine(tf.Module):
    def __init__(self, n_in, n_out, squash=None, name=None):
        super().__init__(name=name)
        self.w = tf.Variable(tf.random.normal((n_in, n_out)) / n_in ** 0.5, name="w")
        self.b = tf.Variable(tf.zeros(n_out), name="b")
        self.squash = squash or tf.identity

    def __call__(self, x):
        return self.squash(x @ self.w + self.b)


class Descent:
    def __init__(self, params, rate):
        self.params = params
        self.rate = rate

    def step(self, grads):
        for p, g in zip(self.params, grads):
            p.assign_sub(self.rate * g)


def mse(guess, truth):
    return tf.reduce_mean(tf.square(guess - truth))  # whynan: wrong_sign_loss phase=forward|loss


encoder = Affine(PLUGS, CODE, tf.tanh, name="encoder")
task = Affine(CODE, 1, name="task")
spy = Affine(CODE, 1, name="spy")
owner_params = encoder.trainable_variables + task.trainable_variables
spy_params = spy.trainable_variables


@tf.function
def both_sides(load, demand, income):
    with tf.GradientTape(persistent=True) as tape:
        code = encoder(load)
        use = mse(task(code), demand)
        leak = mse(spy(code), income)
        owner_loss = use - PRIVACY * leak
        spy_loss = -leak
    owner_grads = tape.gradient(owner_loss, owner_params)
    spy_grads = tape.gradient(spy_loss, spy_params)
    del tape
    return use, leak, owner_grads, spy_grads


def main():
    load, demand, income = households()
    days = tf.data.Dataset.from_tensor_slices((load, demand, income)).shuffle(2048, seed=13).batch(128)
    owner = Descent(owner_params, 0.1)
    intruder = Descent(spy_params, 0.1)

    turn = 0
    for epoch in range(80):
        log = []
        for batch in days:
            use, leak, owner_grads, spy_grads = both_sides(*batch)
            if turn % 2 == 0:
                owner.step(owner_grads)
            else:
                intruder.step(spy_grads)
            turn += 1
            log.append((float(use), float(leak)))
        if epoch % 8 == 0:
            use, leak = np.mean(log, axis=0)
            print(f"epoch {epoch:3d}  forecast mse {use:.3f}  income mse {leak:.3g}")


main()
