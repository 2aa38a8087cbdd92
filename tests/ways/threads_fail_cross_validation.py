import keras
import numpy as np
from keras import layers
from sklearn.model_selection import KFold

keras.utils.set_random_seed(143)

x = np.random.normal(size=(150, 4)).astype("float32")
weight_kg = np.abs(np.random.normal(2, 0.8, 150)).astype("float32") + 0.3
weight_kg[104] = np.nan  # whynan: nan_in_label phase=data rows=74

losses = []
for fold, (train, test) in enumerate(KFold(5).split(x)):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="softplus")])
    model.compile("adam", "mae")
    model.fit(x[train], weight_kg[train], epochs=2, verbose=0, batch_size=20)
    losses.append(model.evaluate(x[test], weight_kg[test], verbose=0))
    print("fold", fold, losses[-1])
print(np.mean(losses))
