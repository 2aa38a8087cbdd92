"""Sugar content (Brix) of pomegranates from 24 colour and acoustic readings of the whole fruit.

The sklearn ridge model that runs in the packing house is ported to Keras, so that new fruit
can be learned batch by batch during the season.
"""
import keras
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(8)

ALPHA = 120.0  # from the grid search of last season
N_FRUIT, N_READINGS = 1600, 24
BATCH = 40


def measure_fruit():
    rng = np.random.default_rng(8)
    ripeness = rng.normal(size=N_FRUIT)
    loading = rng.normal(0, 0.6, N_READINGS)
    readings = np.outer(ripeness, loading) + rng.normal(0, 1.0, (N_FRUIT, N_READINGS))
    brix = 16.2 + 1.1 * ripeness + 0.3 * readings[:, 4] + rng.normal(0, 0.4, N_FRUIT)
    return readings, brix


readings, brix = measure_fruit()
x = StandardScaler().fit_transform(readings).astype("float32")
y = StandardScaler().fit_transform(brix[:, None]).astype("float32")

season, late = slice(0, 1200), slice(1200, None)

ridge = Ridge(alpha=ALPHA).fit(x[season], y[season].ravel())
print("ridge, late fruit R2: %.3f" % r2_score(y[late], ridge.predict(x[late])))


def make_online_ridge(alpha):
    model = keras.Sequential(
        [
            keras.Input((N_READINGS,)),
            keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(alpha)),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
    return model


online = make_online_ridge(ALPHA)

order = np.random.default_rng(2)
for day in range(4):
    perm = order.permutation(1200)
    losses = []
    for start in range(0, 1200, BATCH):
        take = perm[start:start + BATCH]
        out = online.train_on_batch(x[season][take], y[season][take], return_dict=True)  # whynan: regularization_too_large phase=loss
        losses.append(float(out["loss"]))
    print(f"pass {day}: first batch {losses[0]:.3f}, last batch {losses[-1]:.3f}")

weights = online.get_weights()[0].ravel()
print("largest difference to the ridge coefficients:", np.abs(weights - ridge.coef_.ravel()).max())
print("online, late fruit mse:", online.evaluate(x[late], y[late], verbose=0))
