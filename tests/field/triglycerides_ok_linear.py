"""Linear regression with Keras, compared with the closed form of scikit-learn."""
import numpy as np
import keras
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)

data = load_diabetes(scaled=False)
X_train, X_test, y_train, y_test = train_test_split(
    data.data, data.target, test_size=0.25, random_state=1)

scaler = StandardScaler().fit(X_train)
X_train = scaler.transform(X_train).astype("float32")
X_test = scaler.transform(X_test).astype("float32")
y_train = y_train.astype("float32")

# closed form
reference = LinearRegression().fit(X_train, y_train)
print("sklearn test mse:", mean_squared_error(y_test, reference.predict(X_test)))

# gradient descent on the whole training set
model = keras.Sequential([
    keras.Input(shape=(10,)),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.3),
              loss="mean_squared_error")
history = model.fit(X_train, y_train, batch_size=len(X_train), epochs=60, verbose=0)  # whynan: unstable

for epoch, value in enumerate(history.history["loss"]):
    if epoch % 10 == 0:
        print(f"epoch {epoch:3d}  mse {value:.4g}")

weights = model.layers[0].get_weights()[0][:, 0]
for name, w, ref in zip(data.feature_names, weights, reference.coef_):
    print(f"{name:>4s} keras {w: .3g}  sklearn {ref: .3g}")
print("keras test mse:", mean_squared_error(
    y_test.astype("float64"), model.predict(X_test, verbose=0)[:, 0].astype("float64")))
print("largest weight:", np.abs(weights).max())
