"""Will an emergency patient be admitted? Input: an unordered, variable number of lab results per patient, packed into
one long table per batch (row -> patient number), plus three background values.

Works for a while, then loss nan in the middle of the first or second epoch, at a different batch when I change the
seed. Patients who left before blood was taken are switched off by `has_any`, so they should only use the background.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(40)

PATIENTS = 24  # per batch
ANALYTES = 6


def packed_batches(batches, seed):
    rng = np.random.default_rng(seed)
    for _ in range(batches):
        taken = rng.poisson(4.2, PATIENTS)
        owner = np.repeat(np.arange(PATIENTS), taken).astype("int32")
        severity = rng.normal(size=PATIENTS)
        analyte = rng.integers(0, ANALYTES, len(owner))
        level = rng.normal(size=len(owner)) * (1.0 + 0.4 * np.maximum(severity[owner], 0)) + 0.3 * severity[owner]
        results = np.column_stack([np.eye(ANALYTES)[analyte], level]).astype("float32")
        background = np.column_stack(
            [severity + rng.normal(size=PATIENTS), rng.normal(size=PATIENTS), rng.integers(0, 2, PATIENTS)]
        ).astype("float32")
        admitted = (severity + 0.5 * rng.normal(size=PATIENTS) > 0.4).astype("float32")
        yield results, owner, background, admitted


class ResultSummary(layers.Layer):
    """Permutation invariant summary of the results of each patient: mean and range of the learned channels."""

    def __init__(self, channels, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Dense(channels, activation="tanh")

    def build(self, shapes):
        self.embed.build(shapes[0])
        self.built = True

    def call(self, inputs):
        results, owner = inputs
        v = self.embed(results)
        count = tf.math.unsorted_segment_sum(tf.ones_like(v[:, :1]), owner, PATIENTS)
        has_any = tf.minimum(count, 1.0)
        mean = tf.math.unsorted_segment_mean(v, owner, PATIENTS)
        spread = tf.math.unsorted_segment_max(v, owner, PATIENTS) - tf.math.unsorted_segment_min(v, owner, PATIENTS)  # whynan: empty_reduction phase=forward also=nan_mask_mismatch,zero_degree_node
        return tf.concat([mean, spread], axis=1) * has_any


class Admission(keras.Model):
    def __init__(self):
        super().__init__()
        self.summary_layer = ResultSummary(12)
        self.mix = layers.Dense(16, activation="tanh")
        self.out = layers.Dense(1)

    def call(self, inputs):
        results, owner, background = inputs
        pooled = self.summary_layer((results, owner))
        return self.out(self.mix(tf.concat([pooled, background], axis=1)))[:, 0]


model = Admission()
optimizer = keras.optimizers.Adam(3e-3)
model(next(packed_batches(1, seed=123))[:3])
optimizer.build(model.trainable_variables)


@tf.function(
    input_signature=[
        tf.TensorSpec((None, ANALYTES + 1)),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((PATIENTS, 3)),
        tf.TensorSpec((PATIENTS,)),
    ]
)
def step(results, owner, background, admitted):
    with tf.GradientTape() as tape:
        logits = model((results, owner, background))
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=admitted, logits=logits))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(4):
    losses = [float(step(*batch)) for batch in packed_batches(60, seed=epoch)]
    print(f"epoch {epoch}  first {losses[0]:.4f}  last {losses[-1]:.4f}  mean {np.mean(losses):.4f}")
