import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)
courses = pd.DataFrame({
    "hours": rng.uniform(0, 10, 300),
    "attendance": rng.uniform(0, 1, 300),
    "prior": rng.normal(0, 1, 300),
})
courses["passed"] = np.clip(40 + 4 * courses.hours + 10 * courses.prior + rng.normal(0, 5, 300), 0, 100).round(1)

x = courses[["hours", "attendance", "prior"]].to_numpy("float32") / np.array([10, 1, 2], "float32")
y = courses["passed"].to_numpy("float32")

model = keras.Sequential([
    keras.layers.Dense(24, activation="elu"),
    keras.layers.Dense(24, activation="elu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="binary_crossentropy")
model.fit(x, y, epochs=8, batch_size=20, verbose=2)  # whynan: label_not_in_unit_interval phase=loss also=wrong_loss_for_task,label_out_of_range,exploding_gradient
