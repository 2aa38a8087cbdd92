"""Will a blood donor come again within the quarter?  Ragged histories, one row per donor.

Each visit is seen through the freshness exp(-rate * days since the visit before), with the rate learned.  The first
visit of a donor has no visit before and counts as fresh.  The first loss is 0.7 as it should be, the second is nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)


def make_donors(count=600):
    rng = np.random.default_rng(12)
    lengths = rng.integers(2, 15, count)
    days, haemoglobin, returned = [], [], []
    for n in lengths:
        habit = rng.uniform(45, 160)
        start = rng.uniform(0, 200)
        visits = start + np.cumsum(np.r_[0.0, rng.gamma(6.0, habit / 6.0, n - 1)])
        days.extend(visits)
        haemoglobin.extend(rng.normal(14.2, 1.1, n))
        returned.append(rng.uniform() < 1 / (1 + np.exp((habit - 95) / 14)))
    return (
        tf.RaggedTensor.from_row_lengths(np.array(days, "float32"), lengths),
        tf.RaggedTensor.from_row_lengths(np.array(haemoglobin, "float32"), lengths),
        np.array(returned, "float32"),
    )


class Freshness(keras.layers.Layer):
    """How much of the last donation is still on the donor's mind."""

    def __init__(self, per_day=0.3, **kwargs):
        super().__init__(**kwargs)
        self.raw_rate = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(float(np.log(np.expm1(per_day)))), name="raw_rate"
        )

    def call(self, gap, is_first):
        rate = tf.nn.softplus(self.raw_rate)
        return tf.where(is_first, 1.0, tf.exp(-rate * gap))  # whynan: where_gradient_trap phase=gradient also=exp_overflow


class DonorModel:
    def __init__(self):
        self.freshness = Freshness()
        self.visit = keras.Sequential([keras.Input((3,)), keras.layers.Dense(16, activation="tanh")])
        self.head = keras.Sequential([
            keras.Input((16,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1),
        ])

    @property
    def variables(self):
        parts = (self.freshness, self.visit, self.head)
        return [v for part in parts for v in part.trainable_variables]

    def __call__(self, days, haemoglobin):
        flat = days.flat_values
        gap = tf.concat([tf.zeros((1,)), flat[1:] - flat[:-1]], axis=0)
        is_first = tf.equal(tf.ragged.range(days.row_lengths()).flat_values, 0)
        gap_months = tf.where(is_first, 0.0, gap / 30.0)
        visits = tf.stack([
            self.freshness(gap, is_first),
            gap_months,
            (haemoglobin.flat_values - 14.0) / 1.5,
        ], axis=1)
        per_donor = tf.math.segment_mean(self.visit(visits), days.value_rowids())
        return self.head(per_donor)[:, 0]


days, haemoglobin, returned = make_donors()
model = DonorModel()
optimizer = keras.optimizers.Adam(2e-3)
rng = np.random.default_rng(0)

for epoch in range(5):
    order = rng.permutation(len(returned))
    for step, start in enumerate(range(0, len(order), 50)):
        rows = order[start : start + 50]
        with tf.GradientTape() as tape:
            logits = model(tf.gather(days, rows), tf.gather(haemoglobin, rows))
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=returned[rows], logits=logits))
        grads = tape.gradient(loss, model.variables)
        optimizer.apply_gradients(zip(grads, model.variables))
        if step % 4 == 0:
            print(f"epoch {epoch} step {step:2d} loss {float(loss):.4f}")
