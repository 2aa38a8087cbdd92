import keras
import numpy as np

keras.utils.set_random_seed(42)


def three_spirals(n_per_class=100):
    rng = np.random.default_rng(42)
    points, classes = [], []
    for c in range(3):
        r = np.linspace(0.1, 1, n_per_class)
        angle = np.linspace(c * 2.1, c * 2.1 + 4, n_per_class) + rng.normal(0, 0.15, n_per_class)
        points.append(np.stack([r * np.sin(angle), r * np.cos(angle)], 1))
        classes.append(np.full(n_per_class, c))
    return np.concatenate(points).astype("float32"), np.concatenate(classes)


def build(depth=6, width=32):
    inputs = keras.Input((2,))
    h = inputs
    for _ in range(depth):
        h = keras.layers.Dense(width, activation="leaky_relu")(h)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(h))


x, y = three_spirals()
model = build()
sgd = keras.optimizers.SGD(learning_rate=10.0, momentum=0.9)
model.compile(sgd, "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=25, epochs=5, verbose=2)  # whynan: learning_rate_too_high phase=forward|gradient also=exploding_gradient
