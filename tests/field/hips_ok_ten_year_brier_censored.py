"""Revision of hip implants within ten years, discrete hazards per year, one network for all years.

The training loss is fine, but brier_10 in the history is nan from the first epoch on, brier_3 and brier_6 are not.
Is something wrong with the network's last year?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(210)
rng = np.random.default_rng(210)

YEARS = 10


def register(n):
    """Age, weight, activity, cement and surgeon's volume; the register is closed ten years after the operation."""
    x = rng.normal(size=(n, 5)).astype("float32")
    risk = 0.7 * x[:, 0] + 0.5 * x[:, 1] - 0.6 * x[:, 3]
    revision = rng.exponential(14.0 * np.exp(-risk))
    moved_away = rng.exponential(35.0, n)
    last_seen = np.minimum(np.minimum(revision, moved_away), float(YEARS))
    revised = revision <= np.minimum(moved_away, float(YEARS))
    year = np.clip(np.ceil(last_seen), 1, YEARS).astype("int64")
    return x, year, revised


def as_table(year, revised):
    columns = np.arange(1, YEARS + 1)[None, :]
    at_risk = columns <= year[:, None]
    event = (columns == year[:, None]) & revised[:, None]
    return np.concatenate([event, at_risk], axis=1).astype("float32")


def hazard_loss(y_true, logits):
    event, at_risk = tf.split(y_true, 2, axis=-1)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=event, logits=logits)
    return tf.reduce_sum(at_risk * each, axis=-1)


def still_followed(year, revised):
    """Kaplan-Meier curve of the censoring, index 0 is the day of the operation."""
    curve = [1.0]
    for t in range(1, YEARS + 1):
        lost = np.sum((year == t) & ~revised)
        present = np.sum(year >= t) - np.sum((year == t) & revised)
        curve.append(curve[-1] * (1.0 - lost / max(present, 1)))
    return np.array(curve, dtype="float32")


class BrierByHorizon(keras.callbacks.Callback):
    def __init__(self, x, year, revised, followed, horizons=(3, 6, 10)):
        super().__init__()
        self.x, self.year, self.revised = x, tf.constant(year), tf.constant(revised)
        self.followed = tf.constant(followed)
        self.horizons = horizons

    def score(self, horizon):
        hazard = tf.sigmoid(self.model(self.x, training=False))
        survival = tf.reduce_prod(1.0 - hazard[:, :horizon], axis=1)
        had_it = tf.cast(self.revised & (self.year <= horizon), tf.float32)
        free = tf.cast(self.year > horizon, tf.float32)
        wrong = had_it * tf.square(survival) / tf.gather(self.followed, self.year - 1)
        wrong += free * tf.square(1.0 - survival) / self.followed[horizon]
        return tf.reduce_mean(wrong)

    def on_epoch_end(self, epoch, logs=None):
        for horizon in self.horizons:
            logs[f"brier_{horizon}"] = float(self.score(horizon))


x, year, revised = register(1000)
train, check = slice(0, 750), slice(750, 1000)
followed = still_followed(year[train], revised[train])
print("still followed:", followed.round(3))

model = keras.Sequential(
    [
        keras.Input((5,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(YEARS, bias_initializer=keras.initializers.Constant(-2.0)),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=hazard_loss)
brier = BrierByHorizon(x[check], year[check], revised[check], followed)
history = model.fit(
    x[train], as_table(year[train], revised[train]), batch_size=50, epochs=15, callbacks=[brier], verbose=0
)
for name, values in history.history.items():
    print(name, [round(value, 4) for value in values[::3]])
