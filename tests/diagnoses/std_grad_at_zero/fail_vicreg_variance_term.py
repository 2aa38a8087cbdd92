import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(202)

base = np.random.randn(320, 10).astype("float32")
backbone = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(24, activation="relu", bias_initializer=keras.initializers.Constant(-1.5)),
])
opt = keras.optimizers.SGD(0.05)


def augment(x):
    return x + tf.random.normal(tf.shape(x), stddev=0.2)


def variance_term(z):
    sd = tf.sqrt(tf.math.reduce_variance(z, axis=0))  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return tf.reduce_mean(tf.nn.relu(1.0 - sd))


@tf.function
def train(x):
    with tf.GradientTape() as tape:
        za, zb = backbone(augment(x)), backbone(augment(x))
        invariance = tf.reduce_mean((za - zb) ** 2)
        loss = 25.0 * invariance + 25.0 * (variance_term(za) + variance_term(zb))
    grads = tape.gradient(loss, backbone.trainable_variables)
    opt.apply_gradients(zip(grads, backbone.trainable_variables))
    return loss


for epoch in range(2):
    for i in range(0, 320, 64):
        print("loss: {:.4f}".format(train(base[i:i + 64]).numpy()))
print([bool(np.isnan(w.numpy()).any()) for w in backbone.weights])
