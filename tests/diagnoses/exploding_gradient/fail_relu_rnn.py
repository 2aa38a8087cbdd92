"""The adding problem (Le et al. 2015) with a relu RNN started at the identity."""
import keras
import numpy as np

keras.utils.set_random_seed(3)
LENGTH = 150


def adding_problem(n=128):
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 1, (n, LENGTH))
    marks = np.zeros((n, LENGTH))
    for row in marks:
        row[rng.choice(LENGTH, 2, replace=False)] = 1
    return np.stack([values, marks], -1).astype("float32"), (values * marks).sum(1, keepdims=True).astype("float32")


x, y = adding_problem()
model = keras.Sequential([
    keras.Input((LENGTH, 2)),
    keras.layers.SimpleRNN(
        32, activation="relu",
        recurrent_initializer=keras.initializers.Identity(),
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.05),
    ),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.SGD(learning_rate=0.01), loss="mse")
model.fit(x, y, batch_size=32, epochs=6, verbose=2)  # whynan: exploding_gradient phase=forward|gradient also=learning_rate_too_high
