"""Week 2 notebook: windowed series, linear model, learning rate range test, then the real run.

The range test picture looks as in the video up to some epoch, then the curve simply ends.
The real run afterwards, with a rate I read off the flat part, prints nan from its first epoch.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(51)

window_size = 20
batch_size = 32
shuffle_buffer = 500

# monthly series ------------------------------------------------------------------
rng = np.random.default_rng(51)
month = np.arange(480)
series = 62 + 38 * np.sin(2 * np.pi * month / 132) + 0.02 * month + rng.normal(0, 9, len(month))
series = np.clip(series, 0, None).astype("float32")
split_time = 400
x_train, x_valid = series[:split_time], series[split_time:]


def windowed_dataset(values, window, batch, buffer):
    ds = tf.data.Dataset.from_tensor_slices(values)
    ds = ds.window(window + 1, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(window + 1, drop_remainder=True))
    ds = ds.shuffle(buffer, seed=51)
    ds = ds.map(lambda w: (w[:-1], w[-1:]))
    return ds.batch(batch).prefetch(1)


train_set = windowed_dataset(x_train, window_size, batch_size, shuffle_buffer)

model = keras.models.Sequential([
    keras.Input((window_size,)),
    keras.layers.Dense(1),
])

# range test ------------------------------------------------------------------------
sweep = keras.callbacks.LearningRateScheduler(lambda epoch: 1e-7 * 10 ** (epoch / 5))
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=1e-7, momentum=0.9))
history = model.fit(train_set, epochs=22, callbacks=[sweep], verbose=0)  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient,unscaled_input,lr_schedule_invalid

rates = 1e-7 * 10 ** (np.arange(22) / 5)
for rate, loss in zip(rates, history.history["loss"]):
    print(f"{rate:.1e}  {loss:.5g}")

# real run --------------------------------------------------------------------------
model.compile(loss="mse", optimizer=keras.optimizers.SGD(learning_rate=2e-6, momentum=0.9))
model.fit(train_set, epochs=4, verbose=2)

windows = np.lib.stride_tricks.sliding_window_view(x_valid[:-1], window_size)
forecast = model.predict(windows.astype("float32"), verbose=0)[:, 0]
print("validation MAE", float(np.mean(np.abs(forecast - x_valid[window_size:]))))
