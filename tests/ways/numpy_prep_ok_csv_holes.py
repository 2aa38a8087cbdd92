# whynan: healthy
import io

import keras
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(93)
rng = np.random.default_rng(93)

lines = ["age,bmi,glucose,comment,diabetic"]
for i in range(250):
    age, bmi, glu = rng.integers(20, 80), rng.normal(27, 4), rng.normal(110, 25)
    glucose = "" if i in (31, 32, 148) else f"{glu:.0f}"
    lines.append(f"{age},{bmi:.1f},{glucose},,{int(glu > 120)}")
df = pd.read_csv(io.StringIO("\n".join(lines)))
print(df.isna().sum())

df = df.drop(columns="comment")                 # always empty
y = df.pop("diabetic").to_numpy("float32")
X = SimpleImputer(strategy="median").fit_transform(df)
X = StandardScaler().fit_transform(X)

model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=4, batch_size=32, verbose=2)
