"""Ad ranking with click through rate as a feature."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

tf.random.set_seed(1)
np.random.seed(1)


class Ranker(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.norm = keras.layers.LayerNormalization()
        self.hidden = keras.layers.Dense(units, activation="tanh")
        self.score = keras.layers.Dense(1)

    def call(self, features):
        return self.score(self.hidden(self.norm(features)))


ads = pd.DataFrame({
    "impressions": np.random.poisson(40, 240).astype(float),
    "clicks": np.random.poisson(3, 240).astype(float) + 1,
    "bid": np.random.gamma(2.0, 0.5, 240),
    "age_days": np.random.uniform(0, 30, 240),
})
ads.loc[150, "impressions"] = 0  # clicks arrived before the impression log
ads["revenue"] = ads.bid * ads.clicks * 0.3 + np.random.normal(0, 0.05, 240)
ads["ctr"] = ads["clicks"] / ads["impressions"]  # whynan: inf_in_input phase=data rows=150 also=divide_by_zero

columns = ["ctr", "bid", "age_days"]
dataset = tf.data.Dataset.from_tensor_slices(
    (ads[columns].to_numpy("float32"), ads[["revenue"]].to_numpy("float32"))
).batch(40)

model = Ranker(12)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss=keras.losses.MeanSquaredError())
model.fit(dataset, epochs=2, verbose=2)
