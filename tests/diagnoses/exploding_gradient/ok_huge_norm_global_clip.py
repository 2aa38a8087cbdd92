# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)
x = rng.normal(size=(160, 6)).astype("float32")
y = x[:, :1] * 2
layers = [keras.layers.Dense(32, activation="relu", kernel_initializer=keras.initializers.VarianceScaling(6.0)) for _ in range(8)]
net = keras.Sequential([keras.Input((6,)), *layers, keras.layers.Dense(1)])
opt = keras.optimizers.Adam(1e-3)

for epoch in range(4):
    for i in range(0, 160, 32):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(net(x[i:i + 32], training=True) - y[i:i + 32]))
        grads, norm = tf.clip_by_global_norm(tape.gradient(loss, net.trainable_variables), 1.0)
        opt.apply_gradients(zip(grads, net.trainable_variables))
    print(f"epoch {epoch}: loss {float(loss):.4g}, gradient norm before clipping {float(norm):.4g}")
