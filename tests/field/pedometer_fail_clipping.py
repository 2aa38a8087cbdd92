"""Step counter from a hip accelerometer: an IRNN (ReLU RNN, identity start, Le et al. 2015)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(10_000)
rng = np.random.default_rng(10_000)

FS = 25            # Hz
SECONDS = 6
T = FS * SECONDS
UNITS = 32
CLIP = 1.0


def walk_window():
    """Three axes in g, gravity on the first one; returns the window and the steps in it."""
    t = np.arange(T) / FS
    cadence = rng.uniform(0.8, 2.4) if rng.random() > 0.15 else 0.0
    phase = rng.uniform(0, 1)
    strength = rng.uniform(0.15, 0.5)
    swing = np.sin(2 * np.pi * (cadence * t + phase)) if cadence else np.zeros(T)
    vertical = 1.0 + strength * swing
    forward = 0.4 * strength * np.roll(swing, 4)
    lateral = 0.3 * strength * np.sin(np.pi * (cadence * t + phase))
    window = np.stack([vertical, forward, lateral], axis=1) + rng.normal(0, 0.04, (T, 3))
    return window, cadence * SECONDS


pairs = [walk_window() for _ in range(640)]
windows = np.stack([p[0] for p in pairs]).astype("float32")
steps = np.array([p[1] for p in pairs], dtype="float32")[:, None] / 10.0
x_train, y_train = windows[:512], steps[:512]
x_val, y_val = windows[512:], steps[512:]

model = keras.Sequential([
    keras.Input((T, 3)),
    keras.layers.SimpleRNN(UNITS, activation="relu", recurrent_initializer=keras.initializers.Identity()),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(learning_rate=0.005)
optimizer.build(model.trainable_variables)
params = model.trainable_variables


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        pred = model(xb, training=True)  # whynan: exploding_gradient phase=forward
        loss = tf.reduce_mean(tf.square(pred - yb))
    grads = tape.gradient(loss, params)
    clipped = [tf.clip_by_norm(g, CLIP) for g in grads]
    optimizer.apply_gradients(zip(grads, params))
    return loss, tf.linalg.global_norm(clipped)


data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(512, seed=3).batch(32)

for epoch in range(6):
    losses, norms = [], []
    for xb, yb in data:
        loss, norm = train_step(xb, yb)
        losses.append(float(loss))
        norms.append(float(norm))
    val = model(x_val).numpy()
    mae = 10 * np.mean(np.abs(val - y_val))
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}  grad norm {np.mean(norms):.2f}  val error {mae:.2f} steps")
