import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

# Water samples from coastal lagoons. The probe measures everywhere, the lab only now and then:
# an analysis that was not ordered is an empty cell in the sheet.
N = 2400
temperature = rng.normal(19, 5, N)
salinity = rng.gamma(9.0, 3.0, N)
turbidity = rng.lognormal(1.5, 0.6, N)
oxygen = 12 - 0.22 * temperature + rng.normal(0, 0.7, N)
day = rng.integers(0, 365, N)
probe = np.column_stack([
    (temperature - 19) / 5,
    (salinity - 27) / 9,
    np.log(turbidity) - 1.5,
    (oxygen - 7.8) / 1.3,
    np.sin(2 * np.pi * day / 365),
    np.cos(2 * np.pi * day / 365),
]).astype("float32")

nitrate = 4 - 1.3 * probe[:, 1] + 0.8 * probe[:, 5] + rng.normal(0, 0.4, N)
phosphate = 0.6 + 0.2 * probe[:, 2] - 0.1 * probe[:, 3] + rng.normal(0, 0.05, N)
chlorophyll = 9 + 3 * probe[:, 0] * (probe[:, 2] > 0) + rng.normal(0, 1, N)
toxin = 0.3 + 0.25 * probe[:, 0] + rng.normal(0, 0.1, N)
lab = np.column_stack([nitrate, phosphate, chlorophyll, toxin]).astype("float32")

ordered = rng.random(lab.shape) < np.array([0.7, 0.5, 0.4, 0.015])
lab[~ordered] = np.nan
lab = (lab - np.nanmean(lab, axis=0)) / np.nanstd(lab, axis=0)

cut = 1900
train = (tf.data.Dataset.from_tensor_slices((probe[:cut], lab[:cut]))
         .shuffle(cut, seed=31).batch(32))
valid = tf.data.Dataset.from_tensor_slices((probe[cut:], lab[cut:])).batch(32)


class LagoonModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.abs_mean = keras.metrics.Mean(name="mae")

    @property
    def metrics(self):
        return [self.loss_mean, self.abs_mean]

    def lab_loss(self, y, pred):
        seen = ~tf.math.is_nan(y)
        error = tf.where(seen, y - pred, 0.0)
        counts = tf.reduce_sum(tf.cast(seen, tf.float32), axis=0)
        per_target = tf.math.divide_no_nan(tf.reduce_sum(tf.square(error), axis=0), counts)
        self.abs_mean.update_state(tf.abs(error), sample_weight=tf.cast(seen, tf.float32))
        return tf.reduce_sum(per_target)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.lab_loss(y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_mean.update_state(loss)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        self.loss_mean.update_state(self.lab_loss(y, self(x, training=False)))
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input((6,))
h = keras.layers.Dense(48, activation="gelu")(inputs)
h = keras.layers.Dense(24, activation="gelu")(h)
model = LagoonModel(inputs, keras.layers.Dense(4)(h))
model.compile(optimizer=keras.optimizers.Adam(3e-3))
history = model.fit(train, validation_data=valid, epochs=10, verbose=2)  # whynan: healthy
print("validation mae by epoch:", np.round(history.history["val_mae"], 3))
