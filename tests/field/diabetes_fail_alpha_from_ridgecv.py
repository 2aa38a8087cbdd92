"""Homework: redo the scikit-learn exercise in Keras and compare. Linear model on polynomial features of the diabetes data.
scikit-learn's RidgeCV gives me the best alpha in a second, so I take the same alpha for the Keras model, it should give
the same R2. Instead the loss gets bigger with every batch and ends at inf / nan. Inputs and target are both standardised.
"""
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

keras.utils.set_random_seed(8)

X, y = load_diabetes(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=8)

prep = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), StandardScaler())
X_tr = prep.fit_transform(X_tr).astype("float32")
X_te = prep.transform(X_te).astype("float32")

target_scaler = StandardScaler()
y_tr = target_scaler.fit_transform(y_tr.reshape(-1, 1)).astype("float32")
y_te = target_scaler.transform(y_te.reshape(-1, 1)).astype("float32")

# --- part 1: scikit-learn (the coarse search was done before, the best was somewhere between 100 and 10000)
ridge = RidgeCV(alphas=np.logspace(2, 4, 9)).fit(X_tr, y_tr.ravel())
best_alpha = float(ridge.alpha_)
print("best alpha", best_alpha, " R2 test", ridge.score(X_te, y_te.ravel()))

# --- part 2: the same with Keras
model = keras.Sequential([
    keras.layers.Input((X_tr.shape[1],)),
    keras.layers.Dense(1, kernel_regularizer=keras.regularizers.l2(best_alpha)),
])
model.compile(optimizer=keras.optimizers.SGD(0.02), loss="mean_squared_error")
model.fit(X_tr, y_tr, epochs=25, batch_size=32, verbose=2)  # whynan: regularization_too_large phase=loss|update also=exploding_gradient,learning_rate_too_high

pred = model.predict(X_te, verbose=0)
rss = float(((y_te - pred) ** 2).sum())
tss = float(((y_te - y_te.mean()) ** 2).sum())
print("R2 test, keras:", 1 - rss / tss)
print("largest difference of the coefficients:", np.abs(model.get_weights()[0].ravel() - ridge.coef_).max())
