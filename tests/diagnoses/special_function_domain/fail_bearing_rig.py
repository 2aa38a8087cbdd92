"""Life of ball bearings: gamma distributed, the shape depends on load, speed and age of the grease.

Most bearings ran until they failed, the others were still running when we took them out (censored). Three come from the
overload rig, where they are run for a few minutes only. The loss starts fine, falls for two steps and then it is nan.
Scale is kept positive with exp, times are all positive, the log has its small constant.
"""
import keras
import numpy as np
import tensorflow as tf

OVERLOAD = [44, 171, 300]


def bearings(n=420, seed=12):
    rng = np.random.default_rng(seed)
    conditions = rng.normal(size=(n, 3))
    conditions = (conditions - conditions.mean(axis=0)) / conditions.std(axis=0)  # load, speed, grease
    shape = np.clip(2.4 - 0.6 * conditions[:, 0] + 0.2 * conditions[:, 2], 0.6, None)
    life = rng.gamma(shape, 3.0)
    taken_out = rng.uniform(4.0, 14.0, n)
    conditions[OVERLOAD, 0] = 13.0
    taken_out[OVERLOAD], life[OVERLOAD] = 0.05, 9.0
    hours = np.minimum(life, taken_out)
    return conditions.astype("float32"), np.maximum(hours, 0.01).astype("float32"), life <= taken_out


class GammaLife(tf.Module):
    def __init__(self, inputs):
        super().__init__()
        self.intercept = tf.Variable(2.0, name="intercept")
        self.slopes = tf.Variable(tf.zeros([inputs]), name="slopes")
        self.log_scale = tf.Variable(0.5, name="log_scale")

    def shape_parameter(self, conditions):
        return self.intercept + tf.linalg.matvec(conditions, self.slopes)

    def negative_log_likelihood(self, conditions, hours, failed):
        a = self.shape_parameter(conditions)
        t = hours / tf.exp(self.log_scale)
        density = (a - 1.0) * tf.math.log(t) - t - tf.math.lgamma(a) - self.log_scale
        survival = tf.math.igammac(a, t)  # whynan: special_function_domain phase=forward|loss rows=44,171,300
        return -tf.reduce_mean(tf.where(failed, density, tf.math.log(survival + 1e-12)))


keras.utils.set_random_seed(12)
conditions, hours, failed = (tf.constant(part) for part in bearings())
model = GammaLife(conditions.shape[1])
parameters = [model.intercept, model.slopes, model.log_scale]
optimizer = keras.optimizers.Adam(0.1)
optimizer.build(parameters)


@tf.function
def step(conditions, hours, failed):
    with tf.GradientTape() as tape:
        loss = model.negative_log_likelihood(conditions, hours, failed)
    optimizer.apply_gradients(zip(tape.gradient(loss, parameters), parameters))
    return loss


for i in range(120):
    loss = step(conditions, hours, failed)
    if i < 5 or i % 20 == 0:
        print(i, round(float(loss), 4))
print("slopes", model.slopes.numpy(), "scale", float(tf.exp(model.log_scale)))
