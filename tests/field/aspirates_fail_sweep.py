# Breast cancer Wisconsin: which weight penalty is best?
import keras
from keras import layers, regularizers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

data = load_breast_cancer()
X_train, X_val, y_train, y_val = train_test_split(
    data.data, data.target, test_size=0.2, stratify=data.target, random_state=0)

sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_val = sc.transform(X_val)


def make_model(strength):
    reg = regularizers.L2(strength)
    model = keras.Sequential([
        layers.Input((30,)),
        layers.Dense(16, activation="relu", kernel_regularizer=reg),
        layers.Dense(1, activation="sigmoid", kernel_regularizer=reg),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.05),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


results = {}
for strength in [1e-4, 1e-2, 1.0, 100.0]:
    keras.utils.set_random_seed(0)
    model = make_model(strength)
    h = model.fit(X_train, y_train, epochs=6, batch_size=32, verbose=0)  # whynan: regularization_too_large phase=loss|update
    loss, acc = model.evaluate(X_val, y_val, verbose=0)
    results[strength] = acc
    print(f"l2={strength:<8} train loss {h.history['loss'][-1]:.4f}  "
          f"val loss {loss:.4f}  val acc {acc:.3f}")

best = max(results, key=results.get)
print("best penalty:", best)
