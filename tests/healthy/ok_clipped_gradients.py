# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(29)

model = keras.Sequential([keras.Input((30, 1)), layers.SimpleRNN(24, activation="relu", recurrent_initializer=keras.initializers.Identity(1.2)), layers.Dense(1)])
opt = keras.optimizers.SGD(0.005)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    grads, norm = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), 1.0)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss, norm


x = np.random.uniform(0, 1, size=(128, 30, 1)).astype("float32")
y = x.mean(axis=1)
for epoch in range(8):
    for i in range(0, 128, 32):
        loss, norm = step(x[i:i + 32], y[i:i + 32])
    print(epoch, float(loss), "gradient norm", float(norm))
