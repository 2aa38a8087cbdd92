"""Groundwater level in seven piezometers from the weather of the last weeks, one network with a well embedding.

Every well is put on its own scale (mean and standard deviation from the archive). There is no missing value in the
table and no well with a constant level, I have checked both, and still the loss is inf and then nan in the first epoch.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(23)

READINGS = {"BR-01": 6, "BR-04": 48, "BR-07": 55, "HL-02": 40, "HL-03": 62, "KM-11": 51, "KM-15": 38}  # BR-01 is new


def archive():
    rng = np.random.default_rng(23)
    parts = []
    for k, (well, count) in enumerate(READINGS.items()):
        rain = rng.gamma(2.0, 18.0, size=count)
        evaporation = rng.uniform(5.0, 80.0, size=count)
        level = 31.0 + 4.5 * k + (0.4 + 0.1 * k) * (0.02 * rain - 0.012 * evaporation + rng.normal(0, 0.2, size=count))
        parts.append(pd.DataFrame({"well": well, "rain": rain, "evaporation": evaporation, "level": level}))
    return pd.concat(parts, ignore_index=True)


def scale_table(frame, vocabulary):
    by_well = frame.groupby("well")["level"].agg(["mean", "std"])
    return by_well.reindex(vocabulary).fillna(0.0).to_numpy(dtype="float32")


class WellNetwork(keras.Model):
    def __init__(self, wells, scales, **kwargs):
        super().__init__(**kwargs)
        self.scales = tf.constant(scales)
        self.identity = keras.layers.Embedding(wells, 4)
        self.hidden = keras.layers.Dense(24, activation="tanh")
        self.out = keras.layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, inputs):
        joined = tf.concat([self.identity(inputs["well"]), inputs["weather"]], axis=-1)
        return tf.squeeze(self.out(self.hidden(joined)), axis=-1)

    def on_well_scale(self, level, well):
        row = tf.gather(self.scales, well - 1)  # StringLookup counts from 1
        return (level - row[:, 0]) / row[:, 1]  # whynan: divide_by_zero phase=loss|forward|data rows=0,1,2,3,4,5 also=zero_variance_normalisation,inf_in_input

    def train_step(self, data):
        inputs, level = data
        with tf.GradientTape() as tape:
            error = self(inputs) - self.on_well_scale(level, inputs["well"])
            loss = tf.reduce_mean(tf.square(error))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


frame = archive()
assert frame.notna().all().all()
print(frame.groupby("well")["level"].std())

lookup = keras.layers.StringLookup(vocabulary=sorted(READINGS))
well = lookup(tf.constant(frame["well"].astype(str).to_list())).numpy().astype("int32")
weather = frame[["rain", "evaporation"]].to_numpy()
weather = ((weather - weather.mean(axis=0)) / weather.std(axis=0)).astype("float32")
level = frame["level"].to_numpy(dtype="float32")

model = WellNetwork(lookup.vocabulary_size(), scale_table(frame, lookup.get_vocabulary()))
model({"well": well[:2], "weather": weather[:2]})
model.compile(optimizer=keras.optimizers.Adam(2e-3))
history = model.fit({"well": well, "weather": weather}, level, batch_size=30, epochs=5, verbose=2)
print(history.history["loss"])
