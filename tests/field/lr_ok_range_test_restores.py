"""LR range test (fast.ai style): lr grows until the loss is 4x the best, then weights are restored and real training starts."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(10)


def bike_rentals(n=800):
    rng = np.random.default_rng(14)
    x = rng.normal(size=(n, 7))
    y = x @ rng.normal(size=7) + np.sin(2 * x[:, 0]) + 0.1 * rng.normal(size=n)
    y = (y - y.mean()) / y.std()
    return x.astype("float32"), y.astype("float32")[:, None]


x, y = bike_rentals()
model = keras.Sequential([
    keras.Input((7,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])


def range_test(model, x, y, start=1e-4, factor=1.08, max_steps=300, batch=64):
    saved = model.get_weights()
    opt = keras.optimizers.SGD(start)
    rng = np.random.default_rng(0)
    lr, best, history = start, np.inf, []
    for i in range(max_steps):
        idx = rng.integers(0, len(x), batch)
        opt.learning_rate = lr
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x[idx]) - y[idx]))
        opt.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        history.append((lr, float(loss)))
        best = min(best, float(loss))
        if i > 20 and float(loss) > 4 * best:
            print(f"stop at lr={lr:.3g}, loss={float(loss):.2f}")
            break
        lr *= factor
    model.set_weights(saved)
    return history


hist = range_test(model, x, y)
good_lr = min(hist[-1][0] / 20, 0.05)
model.compile(optimizer=keras.optimizers.SGD(good_lr), loss="mse")
model.fit(x, y, batch_size=64, epochs=6, verbose=2)
