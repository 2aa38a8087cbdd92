"""GARCH(1,1) by maximum likelihood, pure TensorFlow (no keras), own Adam.
The likelihood gets better and better and suddenly it is nan, always around step 10."""
import numpy as np
import tensorflow as tf


class Adam(tf.Module):
    def __init__(self, variables, rate, b1=0.9, b2=0.999, eps=1e-8):
        super().__init__()
        self.vars, self.rate, self.b1, self.b2, self.eps = list(variables), rate, b1, b2, eps
        self.m = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.vars]
        self.v = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.vars]
        self.t = tf.Variable(0.0, trainable=False)

    def apply(self, grads):
        self.t.assign_add(1.0)
        c1 = 1.0 - tf.pow(self.b1, self.t)
        c2 = 1.0 - tf.pow(self.b2, self.t)
        for g, p, m, v in zip(grads, self.vars, self.m, self.v):
            m.assign(self.b1 * m + (1 - self.b1) * g)
            v.assign(self.b2 * v + (1 - self.b2) * g * g)
            p.assign_sub(self.rate * (m / c1) / (tf.sqrt(v / c2) + self.eps))


class Garch(tf.Module):
    def __init__(self):
        super().__init__(name="garch")
        self.omega = tf.Variable(0.1, name="omega")
        self.alpha = tf.Variable(0.1, name="alpha")
        self.beta = tf.Variable(0.8, name="beta")

    def next_variance(self, r, s2):
        return self.omega + self.alpha * tf.square(r) + self.beta * s2

    def point_nll(self, r, s2):
        return 0.5 * (tf.math.log(s2) + tf.square(r) / s2)  # whynan: unconstrained_scale phase=loss also=log_of_negative

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def nll(self, returns):
        n = tf.shape(returns)[0]
        terms = tf.TensorArray(tf.float32, size=n)
        s2 = tf.math.reduce_variance(returns)
        for t in tf.range(n):
            terms = terms.write(t, self.point_nll(returns[t], s2))
            s2 = self.next_variance(returns[t], s2)
        return tf.reduce_mean(terms.stack())


class Estimator:
    def __init__(self, model, rate):
        self.model = model
        self.optimizer = Adam(model.trainable_variables, rate)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def step(self, returns):
        with tf.GradientTape() as tape:
            loss = self.model.nll(returns)
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply(grads)
        return loss

    def fit(self, returns, steps):
        for k in range(steps):
            loss = self.step(returns)
            if k % 5 == 0:
                print(k, float(loss), {v.name: round(float(v), 5) for v in self.model.trainable_variables})
        return self


def hourly_returns(n=250, seed=5):
    rng = np.random.default_rng(seed)
    return tf.constant(0.012 * rng.standard_t(5, size=n), tf.float32)


def main():
    Estimator(Garch(), rate=0.01).fit(hourly_returns(), steps=40)


if __name__ == "__main__":
    main()
