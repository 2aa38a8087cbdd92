"""Semi-supervised digits with an EMA teacher."""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits

keras.utils.set_random_seed(23)

CONFIG = {
    "student": {"hidden": 64, "lr": 1e-3},
    "teacher": {"ema_decay": 99.6},
    "consistency": 5.0,
    "steps": 200,
}


def make_net(hidden):
    return keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(hidden, activation="relu"),
        keras.layers.Dense(10),
    ])


class EMA:
    def __init__(self, source, target, decay):
        self.source, self.target, self.decay = source, target, decay
        target.set_weights(source.get_weights())

    def step(self):
        for t, s in zip(self.target.variables, self.source.variables):
            t.assign(self.decay * t + (1.0 - self.decay) * s)


def jitter(x, scale):
    return x + scale * tf.random.normal(tf.shape(x))


class MeanTeacher:
    def __init__(self, cfg):
        self.cfg = cfg
        self.student = make_net(cfg["student"]["hidden"])
        self.teacher = make_net(cfg["student"]["hidden"])
        self.ema = EMA(self.student, self.teacher, cfg["teacher"]["ema_decay"])
        self.opt = keras.optimizers.Adam(cfg["student"]["lr"])

    def consistency(self, u):
        target = tf.nn.softmax(self.teacher(jitter(u, 0.02)))  # whynan: exploding_gradient phase=forward|update|loss also=learning_rate_too_high,unknown
        pred = tf.nn.softmax(self.student(jitter(u, 0.1)))
        return tf.reduce_mean(tf.square(pred - tf.stop_gradient(target)))

    def step(self, x, y, u):
        with tf.GradientTape() as tape:
            ce = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.student(x)))
            loss = ce + self.cfg["consistency"] * self.consistency(u)
        v = self.student.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, v), v))
        self.ema.step()
        return loss


digits = load_digits()
X, Y = (digits.data / 16.0).astype("float32"), digits.target.astype("int32")
rng = np.random.default_rng(0)
mt = MeanTeacher(CONFIG)
for it in range(CONFIG["steps"]):
    lab, unl = rng.integers(0, 200, 32), rng.integers(200, len(X), 64)
    loss = mt.step(tf.constant(X[lab]), tf.constant(Y[lab]), tf.constant(X[unl]))
    if it % 20 == 0:
        print(it, float(loss))
