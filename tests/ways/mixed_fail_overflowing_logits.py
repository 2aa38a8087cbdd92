"""Dynamic loss scaling is on, but the forward pass itself does not fit into half precision."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(106)
keras.mixed_precision.set_global_policy("mixed_float16")

n = 256
salary = np.random.normal(61000, 15000, (n, 1))
age = np.random.uniform(20, 65, (n, 1))
x = np.hstack([salary, age]).astype("float32")
y = (0.004 * salary + age)[:, 0].astype("float32") / 100

model = keras.Sequential([
    layers.Input((2,)),
    layers.Dense(16, activation="elu"),
    layers.Dense(1, dtype="float32"),
])
opt = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(1e-7))
model.compile(optimizer=opt, loss="mae")
history = model.fit(x, y, epochs=2, batch_size=32, verbose=0)  # whynan: float16_overflow phase=forward|data also=unscaled_input,inf_in_input
print(history.history)
print("scale", float(opt.dynamic_scale))
