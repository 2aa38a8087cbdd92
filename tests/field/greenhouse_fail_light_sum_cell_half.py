# Predicting weekly tomato growth from light and temperature curves.
# Own recurrent cell that keeps the accumulated light ("light sum") as a second state,
# own training step with loss scaling because the GPU box wants mixed precision.
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(31)
keras.mixed_precision.set_global_policy("mixed_float16")

STEPS = 96            # every quarter of an hour
DAYS = 240            # December .. July
BATCH = 24


def make_season(seed=31):
    rng = np.random.default_rng(seed)
    day = np.arange(DAYS)
    season = 0.5 - 0.5 * np.cos(np.pi * day / (DAYS - 1))          # 0 winter, 1 midsummer
    clock = np.linspace(0, 1, STEPS)
    light, temp = [], []
    for s in season:
        half = 0.16 + 0.17 * s
        sun = np.clip(np.cos((clock - 0.5) / half * np.pi / 2), 0, None) * (np.abs(clock - 0.5) < half)
        light.append(sun * (500 + 5500 * s) * rng.uniform(0.8, 1.0, STEPS))
        temp.append(14 + 8 * s + 4 * sun + rng.normal(0, 0.3, STEPS))
    x = np.stack([np.stack(light), np.stack(temp)], axis=-1).astype("float32")
    growth = (season * 2 - 1 + rng.normal(0, 0.1, DAYS)).astype("float32")[:, None]
    return x, growth


class LightSumCell(layers.Layer):
    """tanh unit + bookkeeping of the light received since midnight"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, 1]
        self.output_size = units + 1

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(2, self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h, light_sum = states
        lux, temp = inputs[:, :1], inputs[:, 1:]
        scaled = ops.concatenate([lux * 2e-4, temp * 0.05], axis=-1)
        h = ops.tanh(ops.matmul(scaled, self.kernel) + ops.matmul(h, self.recurrent) + self.bias)
        light_sum = light_sum + lux  # whynan: float16_overflow phase=forward also=unscaled_input
        return ops.concatenate([h, ops.log1p(light_sum) * 0.1], axis=-1), [h, light_sum]


class HalfTrainer:
    def __init__(self, model, optimizer):
        self.model = model
        self.optimizer = keras.mixed_precision.LossScaleOptimizer(optimizer)
        self.optimizer.build(model.trainable_variables)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            pred = self.model(x, training=True)
            loss = tf.reduce_mean(tf.square(pred - y))
            scaled = self.optimizer.scale_loss(loss)
        grads = tape.gradient(scaled, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss


inputs = keras.Input((STEPS, 2))
z = layers.RNN(LightSumCell(12))(inputs)
outputs = layers.Dense(1, dtype="float32")(z)
model = keras.Model(inputs, outputs)

x, growth = make_season()
trainer = HalfTrainer(model, keras.optimizers.Adam(5e-3))

for epoch in range(5):
    losses = []
    for i in range(0, DAYS, BATCH):     # chronological, the seasons follow each other
        losses.append(float(trainer.step(x[i:i + BATCH], growth[i:i + BATCH])))
    print(f"epoch {epoch}  first batches {np.round(losses[:3], 4)}  mean {np.mean(losses):.4f}")
