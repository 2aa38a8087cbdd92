"""Gift hampers: daily sales, mean-encoded hamper type, last three weeks held out."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

BASE = {"picnic": 14.0, "cheese": 22.0, "luxury": 6.0, "tea": 18.0, "vegan": 9.0}


def sales_log():
    records = []
    for day in range(140):
        shelf = dict(BASE)
        if day >= 126:
            shelf["festive"] = 30.0
        for hamper, level in shelf.items():
            for shop in range(3):
                price = 40 + 2 * rng.standard_normal() + (35 if hamper == "luxury" else 0)
                mean = level * (0.8 + 0.2 * shop) * (1.25 if day % 7 >= 5 else 1.0)
                records.append((day, hamper, shop, price, day % 7 >= 5, rng.poisson(mean)))
    return pd.DataFrame(records, columns=["day", "hamper", "shop", "price", "weekend", "sold"])


log = sales_log()
log["sold"] = np.log1p(log["sold"])
train = log[log["day"] < 119].copy()
valid = log[log["day"] >= 119].copy()

encoding = train.groupby("hamper")["sold"].mean().rename("hamper_mean").reset_index()
train = train.merge(encoding, on="hamper", how="left")
valid = valid.merge(encoding, on="hamper", how="left")

columns = ["hamper_mean", "shop", "price", "weekend"]
centre = train[columns].astype("float64").mean()
spread = train[columns].astype("float64").std()


def matrix(part):
    return ((part[columns].astype("float64") - centre) / spread).to_numpy("float32")


x_tr, y_tr = matrix(train), train["sold"].to_numpy("float32")
x_va, y_va = matrix(valid), valid["sold"].to_numpy("float32")
print("train", x_tr.shape, "valid", x_va.shape)

model = keras.Sequential([
    keras.layers.Input((len(columns),)),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(16, activation="swish"),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.Adam(3e-3), loss="mse")
hist = model.fit(  # whynan: side_nonfinite
    x_tr,
    y_tr,
    validation_data=(x_va, y_va),
    batch_size=64,
    epochs=6,
    verbose=2,
)
print("train mse", hist.history["loss"][-1], "valid mse", hist.history["val_loss"][-1])
