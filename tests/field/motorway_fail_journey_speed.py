"""Mean speed over a motorway corridor from the occupancy of twelve sections (linear speed-density relation).

Only the free-flow speeds and the effect of rain are learned. After a random number of batches of the first epoch the
loss becomes nan. The predictions of the untrained layer are finite for all mornings, I checked each of them.
"""
import keras
import numpy as np

keras.utils.set_random_seed(77)

SECTION_KM = np.array([2.1, 1.4, 3.3, 0.9, 1.8, 2.6, 1.2, 0.7, 2.9, 1.6, 2.2, 1.1], "float32")


class Corridor:
    """Quarter hours of the morning peak; occupancy is relative to standing traffic, as the detectors give it."""

    closures = {233: 4, 618: 7}             # quarter hour -> section in which nothing moved

    def __init__(self, quarters=960, seed=30):
        rng = np.random.default_rng(seed)
        demand = rng.beta(2.0, 3.0, (quarters, 1))
        bottleneck = rng.uniform(0.6, 1.2, SECTION_KM.size)
        occupancy = 0.75 * demand * bottleneck + rng.normal(0, 0.06, (quarters, SECTION_KM.size))
        self.occupancy = np.clip(occupancy, 0.02, 0.93)
        for quarter, section in self.closures.items():
            self.occupancy[quarter, section] = 1.0
        self.wet = (rng.random((quarters, 1)) < 0.25).astype("float32")
        free_flow = rng.uniform(95, 125, SECTION_KM.size)
        creeping = np.minimum(self.occupancy, 0.985)
        speed = free_flow * (1 - 0.12 * self.wet) * (1 - creeping)
        hours = (SECTION_KM / speed).sum(axis=1) * rng.normal(1.0, 0.02, quarters)
        self.journey_speed = SECTION_KM.sum() / hours

    def arrays(self):
        inputs = [self.occupancy.astype("float32"), self.wet]
        return inputs, self.journey_speed.astype("float32")[:, None]


class JourneySpeed(keras.layers.Layer):
    """Total length over the sum of the travel times of the sections, km/h."""

    def __init__(self, lengths, start_speed=110.0, **kwargs):
        super().__init__(**kwargs)
        self.lengths = np.asarray(lengths, "float32")
        self.start_speed = start_speed

    def build(self, input_shape):
        sections = input_shape[0][-1]
        self.free_flow = self.add_weight(
            shape=(sections,), initializer=keras.initializers.Constant(self.start_speed), name="free_flow")
        self.rain_loss = self.add_weight(shape=(), initializer="zeros", name="rain_loss")

    def call(self, inputs):
        occupancy, wet = inputs
        length = keras.ops.convert_to_tensor(self.lengths, dtype="float32")
        speed = self.free_flow * (1.0 - self.rain_loss * wet) * (1.0 - occupancy)
        return float(self.lengths.sum()) / keras.ops.sum(length / speed, axis=-1, keepdims=True)  # whynan: divide_by_zero phase=gradient|forward rows=233,618

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 1)


def build_model(sections):
    occupancy = keras.Input((sections,), name="occupancy")
    wet = keras.Input((1,), name="wet")
    speed = JourneySpeed(SECTION_KM, name="journey")([occupancy, wet])
    return keras.Model([occupancy, wet], speed)


inputs, speed = Corridor().arrays()
model = build_model(SECTION_KM.size)
untrained = model.predict(inputs, verbose=0)
print("untrained: finite", np.isfinite(untrained).all(), " mean error", float(np.abs(untrained - speed).mean()))

model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=keras.optimizers.schedules.ExponentialDecay(0.2, 60, 0.8), clipnorm=10.0),
    loss=keras.losses.Huber(delta=5.0))
model.fit(inputs, speed, batch_size=32, epochs=6, verbose=2)
print("free-flow speeds:", np.round(model.get_layer("journey").get_weights()[0], 1))
