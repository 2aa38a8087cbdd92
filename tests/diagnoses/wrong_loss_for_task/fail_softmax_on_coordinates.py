"""Key point regression: predict the (x, y) of two eyes and the nose, in standard units."""
import keras
import numpy as np

keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)
faces = rng.normal(size=(200, 8, 8, 1)).astype("float32")
mix = rng.normal(size=(64, 6)) / 8.0
points = (faces.reshape(200, 64) @ mix).astype("float32")

inputs = keras.Input((8, 8, 1))
h = keras.layers.Conv2D(8, 3, activation="elu")(inputs)
h = keras.layers.Flatten()(h)
h = keras.layers.Dense(32, activation="elu")(h)
outputs = keras.layers.Dense(6)(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
)
model.fit(faces, points, epochs=12, batch_size=20, verbose=2)  # whynan: wrong_loss_for_task phase=forward|gradient also=label_not_in_unit_interval,label_out_of_range,exploding_gradient
