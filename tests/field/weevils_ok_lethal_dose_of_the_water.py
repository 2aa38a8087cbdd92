"""Dose-response curves for four plant extracts against grain weevils, plus plain water.

My log has nan for the lethal doses before training and then inf for the first one at every report. I have already
lowered the learning rate twice and the inf does not go away.
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(37)

EXTRACTS = ["water", "neem", "clove", "pyrethrum", "thyme"]
DOSES = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
JAR = 25


def bioassay(replicates=4, seed=6):
    rng = np.random.default_rng(seed)
    background = np.array([-2.8, -4.5, -4.2, -4.8, -4.4])
    potency = np.array([0.0, 2.9, 4.0, 6.0, 5.0])
    jars = []
    for index, extract in enumerate(EXTRACTS):
        for dose in DOSES:
            given = 0.0 if extract == "water" else dose
            p = 1.0 / (1.0 + np.exp(-(background[index] + potency[index] * np.log1p(given))))
            for dead in rng.binomial(JAR, p, replicates):
                jars.append({"extract": index, "grams": given, "mortality": dead / JAR})
    return pd.DataFrame(jars)


class Assay:
    """One intercept and one slope on log(1 + dose) for each extract."""

    def __init__(self, n):
        start = dict(use_bias=False, kernel_initializer="zeros")
        self.level = keras.layers.Dense(1, name="level", **start)
        self.slope = keras.layers.Dense(1, name="slope", **start)
        for layer in (self.level, self.slope):
            layer.build((None, n))

    @property
    def variables(self):
        return self.level.trainable_variables + self.slope.trainable_variables

    def logits(self, which, log_dose):
        return self.level(which) + self.slope(which * log_dose)

    def lethal_dose_50(self):
        ratio = self.level.kernel[:, 0] / self.slope.kernel[:, 0]
        return (tf.exp(-ratio) - 1.0).numpy()


def report(step, loss, assay):
    doses = "  ".join(f"{name} {dose:.2f}" for name, dose in zip(EXTRACTS, assay.lethal_dose_50()))
    print(f"step {step:3d}  loss {loss:.4f}  LD50: {doses}")


jars = bioassay()
which = tf.one_hot(jars["extract"].to_numpy(), len(EXTRACTS))
log_dose = tf.constant(np.log1p(jars["grams"].to_numpy("float32"))[:, None])
mortality = tf.constant(jars["mortality"].to_numpy("float32")[:, None])

assay = Assay(len(EXTRACTS))
optimizer = keras.optimizers.Adam(0.08)
for step in range(221):
    with tf.GradientTape() as tape:
        logits = assay.logits(which, log_dose)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=mortality, logits=logits))
    if step % 20 == 0:
        report(step, float(loss), assay)
    gradients = tape.gradient(loss, assay.variables)
    optimizer.apply_gradients(zip(gradients, assay.variables))
