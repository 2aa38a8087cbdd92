import numpy as np
import tensorflow as tf

rng = np.random.default_rng(91)
dose = rng.uniform(0, 5, 150).astype("float32")
response = (10 / (1 + np.exp(-2 * (dose - 2.5))) + rng.normal(0, 0.02, 150)).astype("float32")

top = tf.Variable(8.0)
slope = tf.Variable(1.5)
ec50 = tf.Variable(2.4)
sigma = tf.Variable(2.0)
params = [top, slope, ec50, sigma]
opt = tf.keras.optimizers.Adam(0.1)


def log_prob(residual, scale):
    z = residual / scale
    return -0.5 * z * z - tf.math.log(scale) - 0.9189  # whynan: unconstrained_scale phase=loss also=log_of_negative,learning_rate_too_high


@tf.function
def nll():
    fitted = top * tf.sigmoid(slope * (dose - ec50))
    return -tf.reduce_mean(log_prob(response - fitted, sigma))


for it in range(120):
    with tf.GradientTape() as tape:
        loss = nll()
    opt.apply_gradients(zip(tape.gradient(loss, params), params))
    if it % 10 == 0:
        print(f"{it:3d} nll {loss.numpy():8.4f} sigma {sigma.numpy():.4f}")
print([float(p.numpy()) for p in params])
