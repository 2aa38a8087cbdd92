import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
x = tf.constant(rng.normal(size=(64, 3)).astype("float32"))
y = tf.constant(rng.uniform(0.5, 2.0, (64, 1)).astype("float32"))
spread = tf.Variable(0.3)
net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.4)

for step in range(200):
    with tf.GradientTape() as tape:
        error = tf.square(net(x) - y)
        loss = tf.reduce_mean(tf.math.log(spread) + 0.001 * error / spread)  # whynan: log_of_negative phase=loss also=unconstrained_scale
    if not np.isfinite(float(loss)):
        print("the loss is", float(loss), "at step", step, "- I stop here")
        break
    variables = [spread, *net.trainable_variables]
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
