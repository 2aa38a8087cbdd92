# Milk yield of yak cows from body measurements (all taken from the same animal,
# so they go together: a big yak is big everywhere).
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)

n, d = 640, 10
frame = rng.normal(size=(n, 1))
body = np.sqrt(0.8) * frame + np.sqrt(0.2) * rng.normal(size=(n, d))
body = ((body - body.mean(axis=0)) / body.std(axis=0)).astype("float32")

names = ["withers", "chest", "hip", "back", "cannon", "horn", "head", "belly", "rump", "tail"]
effect = rng.normal(0, 0.2, size=d)
litres = 1.6 + body @ effect + rng.normal(0, 0.2, size=n)
litres = ((litres - litres.mean()) / litres.std()).astype("float32")

model = keras.Sequential([
    keras.Input((d,)),
    layers.Dense(1, name="yield"),
])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.15),
    loss="mse",
    steps_per_execution=5,
)


class Report(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        w = self.model.get_layer("yield").get_weights()[0][:, 0]
        order = np.argsort(-np.abs(w))[:3]
        top = ", ".join(f"{names[i]} {w[i]:+.2f}" for i in order)
        print(f"season {epoch + 1}: mse {logs['loss']:.4g}  strongest: {top}")


hist = model.fit(body, litres, batch_size=64, epochs=4, callbacks=[Report()], verbose=0)  # whynan: unstable

pred = model.predict(body[:5], verbose=0).ravel()
print("predicted (standardised):", pred)
print("measured  (standardised):", litres[:5])
print("loss by season:", hist.history["loss"])
