# Sharpness-Aware Minimisation on a small defect detector. Great accuracy (100 %), but somewhere in
# the first epochs *after* it is perfect, everything turns into nan. Plain Adam is fine.
import numpy as np
import keras
import tensorflow as tf

keras.utils.set_random_seed(11)


def make_parts(n=1024, dim=16):
    rng = np.random.default_rng(11)
    label = rng.choice([-1.0, 1.0], size=n).astype("float32")
    centre = np.full(dim, 1.5, "float32")
    feats = label[:, None] * centre + rng.normal(0.0, 0.6, (n, dim))
    return feats.astype("float32"), label[:, None]


class Perturbation:
    """First half of SAM: climbs to the sharpest neighbour and remembers the way back."""

    def __init__(self, rho):
        self.rho = rho

    def radius(self, grads):
        norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in grads]))
        return self.rho / norm  # whynan: divide_by_zero phase=update|gradient

    def climb(self, variables, grads):
        r = self.radius(grads)
        steps = [r * g for g in grads]
        for v, e in zip(variables, steps):
            v.assign_add(e)
        return steps

    def return_home(self, variables, steps):
        for v, e in zip(variables, steps):
            v.assign_sub(e)


class SAMModel(keras.Model):
    sam = None

    def _grads(self, x, y):
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        return loss, tape.gradient(loss, self.trainable_variables)

    def train_step(self, data):
        x, y = data
        loss, g_here = self._grads(x, y)
        steps = self.sam.climb(self.trainable_variables, g_here)
        _, g_sharp = self._grads(x, y)
        self.sam.return_home(self.trainable_variables, steps)
        self.optimizer.apply_gradients(zip(g_sharp, self.trainable_variables))
        return {"loss": loss}


x, y = make_parts()
inp = keras.Input((16,))
h = keras.layers.Dense(32, activation="relu")(inp)
margin = keras.layers.Dense(1)(h)
model = SAMModel(inp, margin)
model.sam = Perturbation(rho=0.05)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=keras.losses.Hinge())
model.fit(x, y, batch_size=64, epochs=25, verbose=2)
