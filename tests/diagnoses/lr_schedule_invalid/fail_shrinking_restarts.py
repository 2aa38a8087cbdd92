"""Cosine decay with restarts, each cycle half as long as the one before."""
import keras
import numpy as np

keras.utils.set_random_seed(56)
rng = np.random.default_rng(56)
x = rng.normal(size=(320, 10)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("int32")

STEPS_PER_EPOCH = 10
schedule = keras.optimizers.schedules.CosineDecayRestarts(
    initial_learning_rate=0.02,
    first_decay_steps=2 * STEPS_PER_EPOCH,
    t_mul=0.5,
    m_mul=0.9,
)
model = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(24, activation="swish"),
    keras.layers.Dense(2, activation="softmax"),
])
model.compile(keras.optimizers.SGD(schedule, momentum=0.9), loss="sparse_categorical_crossentropy")
model.fit(x, y, batch_size=32, epochs=6, verbose=2)  # whynan: lr_schedule_invalid phase=update also=log_of_zero
