import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(61)

# ---------------------------------------------------------------- monthly bookkeeping of a chain of hostels
rng = np.random.default_rng(23)
HOSTELS, MONTHS = 60, 24
df = pd.MultiIndex.from_product([range(HOSTELS), range(MONTHS)], names=["hostel", "month"]).to_frame(index=False)

beds = rng.integers(24, 140, HOSTELS)
price = rng.normal(31, 6, HOSTELS).clip(15)
km_station = rng.gamma(2.0, 0.9, HOSTELS)

df["beds_open"] = beds[df["hostel"]]
df.loc[(df["hostel"] >= 50) & (df["month"] % 12 < 2), "beds_open"] = 0            # mountain huts shut in winter
df.loc[(df["hostel"] == 7) & df["month"].isin([3, 4]), "beds_open"] = 0           # refurbishment
df.loc[(df["hostel"] == 31) & (df["month"] == 11), "beds_open"] = 0

season = 0.55 + 0.3 * np.sin(2 * np.pi * (df["month"] - 3) / 12)
fill = (season + rng.normal(0, 0.07, len(df)) - 0.03 * km_station[df["hostel"]]).clip(0.03, 1.0)
df["nights_sold"] = (fill * df["beds_open"] * 30).round()
df["revenue"] = df["nights_sold"] * price[df["hostel"]]
refurb = (df["beds_open"] == 0) & (df["hostel"] < 50)
df.loc[refurb, "revenue"] = rng.uniform(250, 900, refurb.sum())                   # late cancellation fees
df["km_station"] = km_station[df["hostel"]]
df["rating"] = (8.2 + 0.5 * rng.normal(size=HOSTELS))[df["hostel"]] + rng.normal(0, 0.15, len(df))
df["reviews"] = rng.poisson(6 + 0.01 * df["nights_sold"])

# ---------------------------------------------------------------- features
df["occupancy"] = df["nights_sold"] / (df["beds_open"] * 30)
df["rev_per_bed"] = df["revenue"] / df["beds_open"]  # whynan: inf_in_input phase=data also=divide_by_zero rows=143,144,631
df["reviews_log"] = np.log1p(df["reviews"])
df["season_sin"] = np.sin(2 * np.pi * df["month"] / 12)
df["season_cos"] = np.cos(2 * np.pi * df["month"] / 12)
df["target"] = df.groupby("hostel")["revenue"].shift(-1) / 10_000
df = df.fillna({"occupancy": 0.0, "rev_per_bed": 0.0})

FEATURES = ["occupancy", "rev_per_bed", "km_station", "rating", "reviews_log", "season_sin", "season_cos"]
train = df[df["month"] < 20]
valid = df[(df["month"] >= 20) & (df["month"] < 23)]

X = train[FEATURES].to_numpy("float32")
Xv = valid[FEATURES].to_numpy("float32")

# robust scaling: a few months are always odd
centre = np.median(X, axis=0)
q1, q3 = np.percentile(X, [25, 75], axis=0)
X = ((X - centre) / (q3 - q1)).astype("float32")
Xv = ((Xv - centre) / (q3 - q1)).astype("float32")
y, yv = train["target"].to_numpy("float32"), valid["target"].to_numpy("float32")

# ---------------------------------------------------------------- model
model = keras.Sequential([
    keras.Input((len(FEATURES),)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss=keras.losses.Huber(delta=1.0), metrics=["mae"])
history = model.fit(
    X, y,
    validation_data=(Xv, yv),
    epochs=10,
    batch_size=64,
    callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.5)],
    verbose=2,
)

naive = np.abs(valid["revenue"].to_numpy() / 10_000 - yv).mean()
print("same as this month: mae %.3f    network: mae %.3f" % (naive, history.history["val_mae"][-1]))
