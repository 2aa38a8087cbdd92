"""Yearly heat demand of houses in kWh/m2. To save memory on the edge box everything is float16.
I even clip the gradient so that nothing can explode, but after the first step the loss is nan."""
import numpy as np
import keras

keras.utils.set_random_seed(8)
keras.config.set_dtype_policy("float16")
rng = np.random.default_rng(8)

n = 1500
age = rng.uniform(0, 100, n)
u_wall = 0.2 + 0.014 * age + rng.normal(0, 0.1, n)
window_share = rng.uniform(0.1, 0.5, n)
compactness = rng.uniform(0.4, 1.0, n)
airtight = rng.normal(3.0, 0.8, n)
demand = 60 + 70 * u_wall + 90 * window_share * compactness + 8 * airtight + rng.normal(0, 8, n)

x = np.column_stack([age, u_wall, window_share, compactness, airtight])
x = ((x - x.mean(0)) / x.std(0)).astype("float32")
y = demand.astype("float32")[:, None]

model = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(0.01, momentum=0.9, global_clipnorm=1.0)
model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
history = model.fit(x, y, batch_size=50, epochs=6, verbose=2)  # whynan: float16_overflow phase=update|gradient also=unscaled_target
print("mae by epoch:", history.history["mae"])
