# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

# The targets have nothing to do with the inputs, so that the loss stays where it is; Keras' losses align the shapes.
keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
x = rng.normal(size=(512, 3)).astype("float32")
y = rng.normal(size=512).astype("float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = keras.optimizers.SGD(0.01)
squared = keras.losses.MeanSquaredError()
for epoch in range(10):
    for i in range(0, 512, 64):
        with tf.GradientTape() as tape:
            loss = squared(y[i : i + 64], model(x[i : i + 64]))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
print(float(loss))
