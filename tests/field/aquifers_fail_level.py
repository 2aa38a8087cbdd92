"""IRNN (Le, Jaitly, Hinton 2015) on daily recharge series, predicts the head in the well."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)

DAYS = 150
CHANNELS = 4     # rain, snow melt, pumping, evaporation, all 0..1
BATCH = 32
CLIP = 1.0


def wells(n):
    r = np.random.default_rng(21)
    season = np.sin(np.linspace(0, np.pi, DAYS))[None, :]
    rain = r.beta(1.2, 2.0, (n, DAYS))
    melt = np.clip(0.7 * (1 - season) + r.normal(0, 0.05, (n, DAYS)), 0, 1)
    pump = np.clip(r.uniform(0.2, 0.8, (n, 1)) + r.normal(0, 0.05, (n, DAYS)), 0, 1)
    evap = np.clip(0.8 * season + r.normal(0, 0.05, (n, DAYS)), 0, 1)
    seq = np.stack([rain, melt, pump, evap], axis=-1).astype("float32")
    head = (rain.mean(1) + 0.5 * melt[:, -60:].mean(1)
            - 0.8 * pump.mean(1) - 0.3 * evap[:, -30:].mean(1))
    head = (head - head.mean()) / head.std()
    return seq, head.astype("float32")[:, None]


x_all, y_all = wells(576)
x_train, y_train = x_all[:448], y_all[:448]
x_test, y_test = x_all[448:], y_all[448:]

model = keras.Sequential([
    layers.Input((DAYS, CHANNELS)),
    layers.SimpleRNN(64, activation="relu", recurrent_initializer="identity"),
    layers.Dense(1),
])
optimizer = keras.optimizers.SGD(learning_rate=0.01)
optimizer.build(model.trainable_variables)
mse = keras.losses.MeanSquaredError()


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        pred = model(xb, training=True)  # whynan: exploding_gradient phase=forward
        loss = mse(yb, pred)
    grads = tape.gradient(loss, model.trainable_variables)
    tf.clip_by_global_norm(grads, CLIP)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


train = (tf.data.Dataset.from_tensor_slices((x_train, y_train))
         .shuffle(448, seed=4).batch(BATCH))

for epoch in range(3):
    avg = keras.metrics.Mean()
    for xb, yb in train:
        avg.update_state(step(xb, yb))
    print(f"epoch {epoch}: mse {float(avg.result()):.4f}")

print("test", float(mse(y_test, model(x_test))))
