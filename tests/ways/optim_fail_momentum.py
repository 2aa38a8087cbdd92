import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(115)

X = np.random.uniform(-2, 2, (400, 3)).astype("float32")
t = (X[:, 0] ** 2 - X[:, 1] * X[:, 2]).astype("float32")

model = tf.keras.Sequential([
    tf.keras.layers.Input((3,)),
    tf.keras.layers.Dense(64, activation="relu"),
    tf.keras.layers.Dense(64, activation="relu"),
    tf.keras.layers.Dense(1),
])
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.5, momentum=0.9, nesterov=True), loss="mse")
hist = model.fit(X, t, batch_size=40, epochs=6, verbose=0)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient
print(hist.history["loss"])
