"""Linear model for slalom race times from the course data sheet."""
import keras
import numpy as np

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def course_sheets(n):
    drop = rng.normal(18.0, 2.0, n)        # vertical drop, tens of metres
    snow = rng.normal(-5.0, 3.0, n)        # snow temperature, deg C
    gates = rng.normal(5.7, 0.6, n)        # gates / 10
    slope = rng.normal(2.7, 0.5, n)        # gradient / 10 %
    seconds = 6.0 + 1.9 * drop + 0.15 * snow + 2.4 * gates - 1.1 * slope + rng.normal(0, 0.8, n)
    x = np.stack([drop, snow, gates, slope], axis=1)
    return x.astype("float32"), seconds.astype("float32")[:, None]


x, y = course_sheets(600)
x_new, y_new = course_sheets(80)

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.003), loss="mse")

BATCH, EPOCHS = 50, 6
history = []
for epoch in range(EPOCHS):
    order = rng.permutation(len(x))
    losses = []
    for start in range(0, len(x), BATCH):
        idx = order[start:start + BATCH]
        losses.append(float(model.train_on_batch(x[idx], y[idx])))  # whynan: unstable
    history.append(losses)
    print(f"epoch {epoch + 1}: mse first batch {losses[0]:.4g}, last batch {losses[-1]:.4g}")

w, b = model.get_weights()
print("seconds per 10 m drop   :", w[0, 0])
print("seconds per degree snow :", w[1, 0])
print("seconds per 10 gates    :", w[2, 0])
print("seconds per 10 % slope  :", w[3, 0])
print("intercept               :", b[0])
guess = model.predict(x_new, verbose=0)
print("test error (s):", float(np.abs(guess - y_new).mean()))
