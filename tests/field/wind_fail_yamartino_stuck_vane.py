"""Predict the power of a turbine from wind speed and the hourly spread of the wind direction (Yamartino, 1984)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(123)
HOURS, SAMPLES = 240, 60


def mast(seed=15):
    """Direction every minute (degrees); at times the vane is frozen and reports one constant angle for hours."""
    rng = np.random.default_rng(seed)
    mean = rng.uniform(0, 360, HOURS)
    spread = rng.uniform(4, 22, HOURS)
    direction = (mean[:, None] + spread[:, None] * rng.normal(size=(HOURS, SAMPLES))) % 360
    for start in (33, 104, 187):
        for hour in range(start, start + 6):
            direction[hour] = round(float(rng.uniform(0, 360)), 1)
    speed = rng.weibull(2.1, HOURS) * 8
    power = np.clip((speed / 12) ** 3, 0, 1) * (1 - spread / 200) + rng.normal(0, 0.02, HOURS)
    return direction, speed, power


def circular_means(direction):
    angle = np.deg2rad(direction)
    return np.sin(angle).mean(axis=1), np.cos(angle).mean(axis=1)


def direction_spread(s, c):
    """Single-pass estimate of the standard deviation of the direction, in radians."""
    epsilon = np.sqrt(1.0 - (s * s + c * c))  # whynan: sqrt_of_negative phase=data rows=36,38,107,108,190 also=catastrophic_cancellation,nan_in_input
    return np.arcsin(epsilon) * (1.0 + 0.1547 * epsilon ** 3)


def features(direction, speed):
    s, c = circular_means(direction)
    sigma = direction_spread(s, c)
    columns = [s, c, sigma * 4.0, speed / 10.0, (speed / 10.0) ** 2]
    return np.stack(columns, axis=1).astype("float32")


class Net(tf.Module):
    def __init__(self, sizes=(5, 24, 24, 1)):
        super().__init__()
        self.w = [tf.Variable(tf.random.normal((a, b), stddev=(1.0 / a) ** 0.5, seed=i))
                  for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]
        self.b = [tf.Variable(tf.zeros(b)) for b in sizes[1:]]

    def __call__(self, x):
        for w, b in zip(self.w[:-1], self.b[:-1]):
            x = tf.tanh(x @ w + b)
        return (x @ self.w[-1] + self.b[-1])[:, 0]


direction, speed, power = mast()
x = tf.constant(features(direction, speed))
y = tf.constant(power, tf.float32)
net = Net()
RATE = 0.1

for epoch in range(4):
    order = tf.random.shuffle(tf.range(HOURS), seed=epoch)
    for batch in tf.split(order, 8):
        with tf.GradientTape() as tape:
            error = net(tf.gather(x, batch)) - tf.gather(y, batch)
            loss = tf.reduce_mean(tf.square(error))
        grads = tape.gradient(loss, net.trainable_variables)
        for variable, gradient in zip(net.trainable_variables, grads):
            variable.assign_sub(RATE * gradient)
    print(f"epoch {epoch}: mse {float(loss):.4f}")
