"""Mid-span deflection of a roof truss from its strain gauges.

24 gauges are glued along the lower chord. The model is a plain linear
regression, trained on the whole load test at once.
"""
import numpy as np
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

GAUGES = 24
RUNS = 500


def load_test():
    load = rng.gamma(6.0, 4.0, RUNS)                          # kN on the roof
    factor = rng.uniform(9.0, 14.0, GAUGES)                   # microstrain per kN
    strain = load[:, None] * factor[None, :]
    strain += rng.normal(0.0, 2.0, (RUNS, GAUGES)) * factor   # wiring noise
    deflection = 0.31 * load + 0.6 * np.sin(load / 9.0) + rng.normal(0.0, 0.15, RUNS)
    return strain, deflection                                 # mm


strain, deflection = load_test()
train_rows = 400

scaler = StandardScaler().fit(strain[:train_rows])
x = scaler.transform(strain).astype("float32")
y = deflection.astype("float32")
x_train, y_train = x[:train_rows], y[:train_rows]
x_test, y_test = x[train_rows:], y[train_rows:]
print("gauges", x.shape[1], "training runs", len(x_train))
print("deflection: mean %.2f mm, std %.2f mm" % (y_train.mean(), y_train.std()))

model = keras.Sequential([
    keras.Input((GAUGES,)),
    keras.layers.Dense(1, name="truss"),
])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.05),
    loss="mse",
    metrics=["mae"],
)

history = model.fit(  # whynan: unstable
    x_train,
    y_train,
    validation_data=(x_test, y_test),
    batch_size=train_rows,
    epochs=60,
    verbose=0,
)

for e in range(0, 60, 10):
    print("epoch", e, "loss", history.history["loss"][e], "val", history.history["val_loss"][e])

pred = model.predict(x_test, verbose=0).ravel()
print("test error in mm:", float(np.mean(np.abs(pred - y_test))))
gauge_weight = model.get_layer("truss").get_weights()[0].ravel()
ranking = np.argsort(-np.abs(gauge_weight))
print("most useful gauges:", ranking[:5].tolist())
