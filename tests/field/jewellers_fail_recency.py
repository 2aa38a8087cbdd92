"""Will a customer of the jewellery chain buy again before Christmas?
Input: the last eight purchases (amount in EUR / 100, how many days ago), plus two customer attributes."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

N, K = 1600, 8


def load_customers():
    gaps = rng.gamma(2.0, 30.0, (N, K))
    days = np.minimum(np.cumsum(gaps, axis=1), 780.0)
    amount = rng.lognormal(0.3, 0.7, (N, K))
    # customers who came over from the old card programme keep their very first purchase
    days[212, -1], days[640, -1], days[1377, -1] = 3980.0, 2875.0, 3310.0
    age = rng.integers(20, 80, N)
    online = rng.integers(0, 2, N)
    score = 1.2 * np.log(amount[:, :3].mean(1)) - 0.02 * (days[:, 0] - 60) + 0.4 * online
    bought = rng.random(N) < 1 / (1 + np.exp(-score))
    attrs = np.stack([(age - 50) / 15.0, online], axis=1)
    return (amount.astype("float32"), days.astype("float32"), attrs.astype("float32"),
            bought.astype("float32"))


class RecencyPool(layers.Layer):
    """Average purchase value where recent purchases count more (exponential decay per day)."""

    def __init__(self, decay=0.08, **kw):
        super().__init__(**kw)
        self.decay = decay

    def call(self, inputs):
        amount, days = inputs
        w = ops.exp(self.decay * days)  # whynan: exp_overflow phase=forward rows=212,640,1377
        total = ops.sum(w, axis=1, keepdims=True)
        value = ops.sum(w * amount, axis=1, keepdims=True) / total
        when = ops.sum(w * days, axis=1, keepdims=True) / total
        return ops.concatenate([value, when / 365.0], axis=1)


amount, days, attrs, bought = load_customers()

in_amount = keras.Input((K,), name="amount")
in_days = keras.Input((K,), name="days")
in_attrs = keras.Input((2,), name="attrs")
pooled = RecencyPool()([in_amount, in_days])
h = layers.Concatenate()([pooled, in_attrs])
h = layers.Dense(16, activation="gelu")(h)
logit = layers.Dense(1)(h)
model = keras.Model([in_amount, in_days, in_attrs], logit)

model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.AUC(from_logits=True, name="auc")],
)
model.fit([amount, days, attrs], bought, epochs=5, batch_size=50, verbose=2)
