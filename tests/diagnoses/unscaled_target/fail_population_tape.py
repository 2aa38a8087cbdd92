"""Population of a district from night light features."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(22)
rng = np.random.default_rng(22)
lights = rng.normal(size=(256, 6)).astype("float32")
population = (1.2e6 * np.exp(0.5 * lights[:, :1] + 0.2 * lights[:, 1:2])).astype("float32")

net = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(20, activation="gelu"),
    keras.layers.Dense(20, activation="gelu"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(learning_rate=0.001, momentum=0.9)
ds = tf.data.Dataset.from_tensor_slices((lights, population)).shuffle(256, seed=0).batch(32)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        prediction = net(x, training=True)
        loss = tf.reduce_mean(tf.math.squared_difference(prediction, y))  # whynan: unscaled_target phase=loss also=exploding_gradient,learning_rate_too_high
    gradients = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    return loss


history = []
for epoch in range(3):
    for x, y in ds:
        history.append(float(train_step(x, y)))
    print("epoch", epoch, "loss", history[-1])
