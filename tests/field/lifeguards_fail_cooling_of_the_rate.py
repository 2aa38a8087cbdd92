"""How many lifeguards does the beach need tomorrow?

Visitors per beach section from the weather forecast.  For the step size I took over the cooling law of simulated
annealing that we use for the rosters: base over the logarithm of the step.  The step counter starts at nought and
the logarithm of nought is not defined, so I add one, and I keep the rate above a floor.  The first batch has a loss
of about 0.4; after it everything is nan.  A constant rate of 0.02 works.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


class LogarithmicCooling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base, floor=1e-4):
        super().__init__()
        self.base = base
        self.floor = floor

    def __call__(self, step):
        age = ops.cast(step, "float32") + 1.0
        rate = self.base / ops.log(age)  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        return ops.maximum(rate, self.floor)

    def get_config(self):
        return {"base": self.base, "floor": self.floor}


class BeachModel(keras.Model):
    def __init__(self, sections):
        super().__init__()
        self.encoder = keras.Sequential([
            layers.Dense(32, activation="gelu"),
            layers.LayerNormalization(),
            layers.Dense(32, activation="gelu"),
        ])
        self.head = layers.Dense(sections)
        self.criterion = keras.losses.Huber(delta=1.0)
        self.loss_mean = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_mean]

    def call(self, weather, training=False):
        return self.head(self.encoder(weather, training=training))

    def train_step(self, data):
        weather, visitors = data
        with tf.GradientTape() as tape:
            expected = self(weather, training=True)
            loss = self.criterion(visitors, expected)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_mean.update_state(loss)
        return {"loss": self.loss_mean.result()}


class Season:
    """Endless supply of summer days; each batch is a random fortnight from the archive."""

    def __init__(self, sections, days=900, seed=77):
        rng = np.random.default_rng(seed)
        self.rng = rng
        air = rng.normal(0, 1, days)
        sea = 0.6 * air + rng.normal(0, 0.6, days)
        cloud = rng.beta(1.5, 2.0, days)
        wind = rng.gamma(3.0, 0.4, days)
        weekend = (np.arange(days) % 7 >= 5).astype(float)
        holiday = (np.arange(days) % 120 < 45).astype(float)
        self.weather = np.stack([air, sea, cloud, wind, weekend, holiday], axis=1).astype("float32")
        appeal = rng.normal(0, 0.3, (6, sections)) + np.array([0.6, 0.3, -0.7, -0.2, 0.6, 0.4])[:, None]
        crowd = self.weather @ appeal + rng.normal(0, 0.25, (days, sections))
        self.visitors = ((crowd - crowd.mean(0)) / crowd.std(0)).astype("float32")

    def fortnights(self):
        while True:
            chosen = self.rng.choice(len(self.weather), 14, replace=False)
            yield self.weather[chosen], self.visitors[chosen]


def main():
    keras.utils.set_random_seed(77)
    season = Season(sections=5)
    model = BeachModel(sections=5)
    model.compile(optimizer=keras.optimizers.SGD(LogarithmicCooling(base=0.05), momentum=0.8))
    model.fit(season.fortnights(), steps_per_epoch=40, epochs=5, verbose=2)

    expected = model.predict(season.weather[:7], verbose=0)
    print("first week, section 1:", np.round(expected[:, 0], 2))


if __name__ == "__main__":
    main()
