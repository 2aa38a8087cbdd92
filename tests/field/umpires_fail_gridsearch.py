# Will the umpire's call be overturned on review?
# We used to do this in scikit-learn with LogisticRegression(C=...). This is the same
# model in Keras, so that the batch job can stream new seasons into it later.
import numpy as np
import keras
from keras import layers, regularizers
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

n = 1600
ball_speed = rng.normal(135, 12, n)
impact_height = rng.gamma(6, 6, n)
distance = rng.uniform(0.5, 3.5, n)
seam = rng.normal(0, 1.2, n)
crowd = rng.normal(25_000, 9_000, n)
experience = rng.integers(1, 300, n)
over = rng.integers(1, 50, n)
light = rng.uniform(0, 1, n)

raw = np.column_stack([ball_speed, impact_height, distance, seam, crowd, experience, over, light])
logit = (
    0.04 * (ball_speed - 135)
    + 0.9 * (distance - 2.0)
    + 0.5 * np.abs(seam)
    - 0.004 * (experience - 150)
    - 0.6 * light
)
overturned = (rng.uniform(size=n) < 1 / (1 + np.exp(-logit))).astype("float32")

X_train, X_test, y_train, y_test = train_test_split(
    raw, overturned, test_size=0.25, random_state=1, stratify=overturned
)
scaler = StandardScaler().fit(X_train)
X_train = scaler.transform(X_train).astype("float32")
X_test = scaler.transform(X_test).astype("float32")


def logistic_regression(C):
    model = keras.Sequential([
        keras.Input((X_train.shape[1],)),
        layers.Dense(1, activation="sigmoid", kernel_regularizer=regularizers.L2(1.0 / C)),
    ])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="binary_crossentropy")
    return model


results = {}
for C in (10.0, 0.1, 0.001):
    model = logistic_regression(C)
    hist = model.fit(X_train, y_train, batch_size=32, epochs=5, verbose=0)  # whynan: regularization_too_large phase=loss|update
    p = model.predict(X_test, verbose=0).ravel()
    auc = roc_auc_score(y_test, np.nan_to_num(p, nan=0.5))
    results[C] = auc
    print(f"C={C:<7} loss={hist.history['loss'][-1]:.4f} auc={auc:.3f}")

best = max(results, key=results.get)
print("best C:", best)
