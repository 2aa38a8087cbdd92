"""Water level at twelve gauges from rain and snow melt. The errors of neighbouring gauges go together.

So instead of the mean squared error I use the Gaussian likelihood with a full covariance, which is learned as well.
To save parameters the covariance has three columns (three rivers). With mse it trains, with this the loss is nan.
"""
import keras
import numpy as np
import tensorflow as tf

GAUGES, RIVERS, WEATHER = 12, 3, 8


def levels(days=600, seed=5):
    rng = np.random.default_rng(seed)
    weather = rng.normal(size=(days, WEATHER))
    effect = rng.normal(0.0, 0.3, (WEATHER, GAUGES))
    river = np.zeros((GAUGES, RIVERS))
    river[np.arange(GAUGES), np.arange(GAUGES) // 4] = rng.uniform(0.3, 0.7, GAUGES)
    water = weather @ effect + rng.normal(size=(days, RIVERS)) @ river.T + rng.normal(0.0, 0.03, (days, GAUGES))
    return weather.astype("float32"), water.astype("float32")


class GaugeModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.mean = keras.layers.Dense(GAUGES)
        self.columns = self.add_weight(
            shape=(GAUGES, RIVERS),
            initializer=keras.initializers.RandomNormal(stddev=0.5, seed=3),
            name="columns",
        )

    def call(self, weather):
        return self.mean(weather)

    def covariance(self):
        columns = tf.convert_to_tensor(self.columns)
        return tf.matmul(columns, columns, transpose_b=True)


def gaussian_nll(error, covariance):
    factor = tf.linalg.cholesky(covariance)  # whynan: not_positive_definite phase=loss
    white = tf.linalg.triangular_solve(factor, tf.transpose(error))
    spread = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)))
    return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(white), axis=0)) + spread


keras.utils.set_random_seed(5)
weather, water = levels()
days = tf.data.Dataset.from_tensor_slices((weather, water)).shuffle(600, seed=5).batch(50)
model = GaugeModel()
model(weather[:1])
optimizer = keras.optimizers.Adam(1e-2)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = gaussian_nll(y - model(x, training=True), model.covariance())
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(20):
    losses = [float(train_step(x, y)) for x, y in days]
    if epoch % 4 == 0 or epoch == 19:
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.3f}")
