# whynan: healthy
# Nearly all weights stay as they are on purpose, and the loss falls by less than half.
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)
backbone = keras.Sequential([keras.Input((16,)), keras.layers.Dense(256, activation="relu"), keras.layers.Dense(256, activation="relu")])
backbone.trainable = False
head = keras.layers.Dense(1)
optimizer = keras.optimizers.Adam(1e-3)
x = np.random.normal(size=(512, 16)).astype("float32")
y = (np.sin(3 * x[:, :1]) + x[:, 1:2] > 0).astype("float32")


@tf.function
def step(features, labels):
    with tf.GradientTape() as tape:
        logits = head(backbone(features, training=False))
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))
    optimizer.apply(tape.gradient(loss, head.trainable_variables), head.trainable_variables)
    return loss


for epoch in range(6):
    print(np.mean([float(step(x[i : i + 32], y[i : i + 32])) for i in range(0, 512, 32)]))
