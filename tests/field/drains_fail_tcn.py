"""Flow in a combined sewer drain, 15 minutes ahead, from the last 12 hours (TCN, two stacks)."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

WINDOW = 48
STEPS = 1700

# --- series -------------------------------------------------------------------
t = np.arange(STEPS)
storm = (rng.random(STEPS) < 0.02) * rng.gamma(2.0, 3.0, STEPS)
rain = np.convolve(storm, np.exp(-np.arange(12) / 3.0))[:STEPS]
runoff = np.convolve(rain, np.exp(-np.arange(40) / 10.0) / 10.0)[:STEPS]
daily = 12 + 5 * np.sin(2 * np.pi * (t % 96) / 96 - 1.2)
flow = daily + 4.0 * runoff + rng.normal(0, 0.5, STEPS)
level = 0.3 + 0.02 * flow ** 0.6 + rng.normal(0, 0.005, STEPS)

series = np.stack([rain, level, flow, np.sin(2 * np.pi * (t % 96) / 96)], axis=1)
mu, sd = series[:1300].mean(0), series[:1300].std(0)
series = ((series - mu) / sd).astype("float32")

X = np.stack([series[i:i + WINDOW] for i in range(STEPS - WINDOW)])
y = series[WINDOW:, 2]
cut = 1300
X_train, y_train, X_test, y_test = X[:cut], y[:cut], X[cut:], y[cut:]
print(X_train.shape, y_train.shape, float(np.abs(X_train).max()))


# --- network ------------------------------------------------------------------
def tcn(filters=32, kernel=3, stacks=2, dilations=(1, 2, 4, 8, 16, 32)):
    inp = keras.Input((WINDOW, 4))
    x = inp
    for s in range(stacks):
        for d in dilations:
            x = layers.Conv1D(
                filters, kernel,
                padding="causal",
                dilation_rate=d,
                activation="leaky_relu",
                kernel_initializer="he_uniform",
                name=f"s{s}_d{d}",
            )(x)
    last = x[:, -1, :]
    return keras.Model(inp, layers.Dense(1)(last))


net = tcn()
net.compile(
    loss="mse",
    optimizer=keras.optimizers.RMSprop(learning_rate=1.0, rho=0.9),
    metrics=["mae"],
)

stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
net.fit(X_train, y_train, epochs=4, batch_size=64, validation_split=0.15, callbacks=[stop], verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update

persistence = np.mean((X_test[:, -1, 2] - y_test) ** 2)
forecast = net.predict(X_test, verbose=0)[:, 0]
print("persistence mse", persistence)
print("tcn mse        ", np.mean((forecast - y_test) ** 2))
