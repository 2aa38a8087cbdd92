import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(95)

sales = pd.Series(np.random.poisson(20, 260).astype(float))
sales.iloc[180] = 0                                # closed
frame = pd.DataFrame({"sales": sales, "promo": np.random.randint(0, 2, 260)})
frame["growth"] = sales.shift(-1) / sales - 1  # whynan: divide_by_zero phase=data rows=180 also=nan_in_label,inf_in_input
frame = frame.iloc[:-1]

X = frame[["sales", "promo"]].to_numpy("float32") / [40, 1]
y = frame["growth"].to_numpy("float32")
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
net.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
net.fit(X, y, epochs=2, batch_size=64, shuffle=False, verbose=2)
