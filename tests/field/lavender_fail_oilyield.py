# Oil yield of lavender plots. The scikit-learn baseline works, now the same model
# in keras so that it can go to the phone app as tflite.
import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 11
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

n = 2000
df = pd.DataFrame({
    "altitude": rng.uniform(350, 1250, n),
    "slope": rng.gamma(2.0, 4.0, n),
    "stone_share": rng.beta(2, 3, n),
    "ph": rng.normal(7.6, 0.4, n),
    "plant_age": rng.integers(2, 9, n),
    "row_gap": rng.normal(1.7, 0.15, n),
    "rain_spring": rng.normal(190, 55, n),
    "rain_june": rng.gamma(3.0, 12.0, n),
    "tmax_june": rng.normal(27.5, 2.6, n),
    "sun_hours": rng.normal(310, 28, n),
    "mown_day": rng.integers(185, 222, n),
    "wilt_days": rng.integers(0, 4, n),
    "dieback": rng.beta(1.2, 9, n),
    "lavandin": rng.integers(0, 2, n),
})
oil = (
    22
    + 31 * df.lavandin
    - 38 * df.dieback
    + 0.05 * (df.sun_hours - 310)
    - 0.008 * (df.altitude - 800)
    - 1.1 * (df.plant_age - 5) ** 2 / 4
    + 2.0 * df.wilt_days
    - 0.06 * df.rain_june
    + rng.normal(0, 5, n)
)

X_tr, X_te, y_tr, y_te = train_test_split(df.to_numpy(), oil.to_numpy(), test_size=0.2, random_state=SEED)
xs, ys = StandardScaler().fit(X_tr), StandardScaler().fit(y_tr[:, None])
X_tr, X_te = xs.transform(X_tr).astype("float32"), xs.transform(X_te).astype("float32")
y_tr, y_te = ys.transform(y_tr[:, None])[:, 0].astype("float32"), ys.transform(y_te[:, None])[:, 0].astype("float32")

ridge = RidgeCV(alphas=[50.0, 100.0, 200.0, 400.0, 800.0]).fit(X_tr, y_tr)
alpha = float(ridge.alpha_)
print("ridge alpha", alpha, "test r2", round(ridge.score(X_te, y_te), 3))

model = keras.Sequential([
    keras.Input((X_tr.shape[1],)),
    keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(alpha)),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse", metrics=["mae"])
history = model.fit(X_tr, y_tr, validation_data=(X_te, y_te), batch_size=32, epochs=12, verbose=2)  # whynan: regularization_too_large phase=loss|forward

pred = model.predict(X_te, verbose=0)[:, 0]
if np.isfinite(pred).all():
    print("keras test r2", round(r2_score(y_te, pred), 3))
print(pd.DataFrame({
    "feature": df.columns,
    "ridge": ridge.coef_.round(3),
    "keras": model.get_weights()[0][:, 0].round(3),
}).to_string(index=False))
