import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(91)

df = pd.DataFrame({
    "seconds": np.random.uniform(10, 900, 320),
    "views": np.random.pareto(1.2, 320).round(3) * 100 + 1,
    "likes": np.random.poisson(40, 320),
})
df.loc[[12, 200, 287], "views"] = 0            # just uploaded
df["popular"] = (df.likes > 42).astype(float)

df["seconds"] = df.seconds / 900
df["views"] = np.log(df.views)  # whynan: inf_in_input phase=data also=log_of_zero

X_train, X_test, y_train, y_test = train_test_split(
    df[["seconds", "views"]].values, df.popular.values, test_size=0.25, random_state=0
)

clf = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
clf.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
clf.fit(X_train, y_train, epochs=4, verbose=2)
print(clf.predict(X_test, verbose=0).ravel()[:5])
