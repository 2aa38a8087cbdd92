# DeepSurv for hospital stays, days are integers so there are many ties -> Efron instead of Breslow.
# Formula from the `survival` vignette:  sum_l log( R - l/d * T ),  R = sum of the risk set, T = sum of the d tied deaths
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1977)


def make_cohort(n=480):
    rng = np.random.default_rng(1977)
    df = pd.DataFrame(
        {
            "age": rng.normal(66, 12, n),
            "creatinine": rng.lognormal(0.1, 0.4, n),
            "sofa": rng.integers(0, 16, n),
            "ventilated": rng.integers(0, 2, n),
        }
    )
    hazard = 0.04 * np.exp(0.02 * (df["age"] - 66) + 0.12 * (df["sofa"] - 7))
    death = rng.exponential(1 / hazard)
    discharge = rng.exponential(60.0, n)
    df["days"] = np.ceil(np.minimum(death, discharge)).clip(1, 90)
    df["died"] = (death <= discharge).astype(int)
    return df


class EfronLoss:
    def __call__(self, time, event, score):
        hazard = tf.exp(score)
        at_risk = tf.cast(time[None, :] >= time[:, None], tf.float32)
        tied = self.same_day_deaths(time, event)
        total_risk = tf.linalg.matvec(at_risk, hazard)
        total_tied = tf.linalg.matvec(tied, hazard)
        fraction = self.rank_in_tie(tied) / tf.maximum(tf.reduce_sum(tied, axis=1), 1.0)
        return self.partial_likelihood(event, score, total_risk, total_tied, fraction)

    @staticmethod
    def same_day_deaths(time, event):
        both = event[None, :] * event[:, None]
        return tf.cast(tf.equal(time[None, :], time[:, None]), tf.float32) * both

    @staticmethod
    def rank_in_tie(tied):
        """1, 2, ... d within every group of tied deaths"""
        lower = tf.linalg.band_part(tied, -1, 0)
        return tf.reduce_sum(lower, axis=1)

    @staticmethod
    def partial_likelihood(event, score, risk, tie, fraction):
        remaining = risk - fraction * tie
        # survivors don't contribute; keep their logarithm harmless
        remaining = tf.where(event > 0, remaining, tf.ones_like(remaining))
        log_risk = tf.math.log(remaining)  # whynan: log_of_zero phase=loss also=log_of_negative,catastrophic_cancellation
        return -tf.reduce_sum(event * (score - log_risk)) / tf.maximum(tf.reduce_sum(event), 1.0)


def deepsurv(features):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(24, activation="tanh"),
            layers.Dropout(0.1),
            layers.Dense(12, activation="tanh"),
            layers.Dense(1, use_bias=False),
        ]
    )


cohort = make_cohort()
columns = ["age", "creatinine", "sofa", "ventilated"]
x = ((cohort[columns] - cohort[columns].mean()) / cohort[columns].std()).to_numpy("float32")
time, died = cohort["days"].to_numpy("float32"), cohort["died"].to_numpy("float32")

dataset = tf.data.Dataset.from_tensor_slices((x, time, died)).shuffle(480, seed=1977).batch(48, drop_remainder=True)
model, optimizer, criterion = deepsurv(x.shape[1]), keras.optimizers.Adam(2e-3), EfronLoss()


@tf.function
def train_on(features, t, e):
    with tf.GradientTape() as tape:
        score = tf.squeeze(model(features, training=True), axis=1)
        loss = criterion(t, e, score)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for epoch in range(6):
    losses = [float(train_on(*batch)) for batch in dataset]
    print(f"epoch {epoch}: neg. log partial likelihood {np.mean(losses):.4f}")
