"""Weight, waist and pulse of twenty gym members from their chin-ups, sit-ups and jumps (the Linnerud table of sklearn).
Both sides are standardised. After a few quiet epochs the loss takes off and ends as nan. It is the network of
the wine notebook from last week, and there it works."""
import keras
import numpy as np
from sklearn.datasets import load_linnerud
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(20)

exercises, body = load_linnerud(return_X_y=True)
x = StandardScaler().fit_transform(exercises).astype("float32")
y = StandardScaler().fit_transform(body).astype("float32")
print(x.shape, y.shape, x.std(axis=0), y.std(axis=0))

model = keras.Sequential([
    keras.Input(shape=(3,)),
    keras.layers.Dense(32, activation="leaky_relu"),
    keras.layers.Dense(32, activation="leaky_relu"),
    keras.layers.Dense(3),
])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.1),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
)
history = model.fit(x, y, batch_size=4, epochs=40, verbose=0)  # whynan: wrong_loss_for_task phase=loss|gradient|update|forward also=label_not_in_unit_interval,exploding_gradient
print(np.round(history.history["loss"], 2))
