"""Denoising autoencoder; images are standardised before they are used as input and as target."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)
raw = (rng.random((200, 1)) * np.linspace(0, 255, 49) + rng.normal(0, 20, (200, 49))).clip(0, 255)
images = ((raw - raw.mean()) / raw.std()).astype("float32")
noisy = images + rng.normal(0, 0.2, images.shape).astype("float32")

encoder = keras.Sequential([keras.layers.Dense(24, activation="leaky_relu"), keras.layers.Dense(8)])
decoder = keras.Sequential([keras.layers.Dense(24, activation="leaky_relu"), keras.layers.Dense(49)])
optimizer = keras.optimizers.SGD(0.05)
pairs = tf.data.Dataset.from_tensor_slices((noisy, images)).batch(25).cache()


@tf.function
def train_step(x, target):
    with tf.GradientTape() as tape:
        logits = decoder(encoder(x))  # whynan: label_not_in_unit_interval phase=forward also=label_out_of_range,exploding_gradient
        bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
        loss = tf.reduce_mean(tf.reduce_sum(bce, axis=-1))
    variables = encoder.trainable_variables + decoder.trainable_variables
    grads = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(grads, variables))
    return loss


for epoch in range(15):
    for x, target in pairs:
        loss = train_step(x, target)
    print("epoch", epoch, float(loss))
