"""Early warning for udder infections from the visits to the milking robot.

Per cow I summarise the last four weeks of visits: average flow, spread, the shape of the distribution, conductivity.
Cows with a single visit are left out, since their spread would be undefined.  The scaler goes through without any
complaint, the labels are 0 and 1, the learning rate is small, and still the loss is nan in the first epoch.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

COWS = 240
FEWEST_VISITS = 2


def robot_log(rng):
    """One line per visit: cow, milk flow in kg/min, conductivity in mS/cm."""
    visits = rng.integers(6, 28, COWS)
    visits[[31, 118, 160]] = 2      # came back from the dry period at the end of the four weeks
    visits[239] = 1                 # sold
    vigour = rng.normal(2.6, 0.45, COWS)
    salt = rng.normal(5.1, 0.4, COWS)
    lines = []
    for cow in range(COWS):
        flow = np.clip(rng.normal(vigour[cow], 0.35, visits[cow]) - rng.exponential(0.25, visits[cow]), 0.3, None)
        conductivity = rng.normal(salt[cow], 0.25, visits[cow])
        lines.append(pd.DataFrame({"cow": 1000 + cow, "flow": flow.round(2), "conductivity": conductivity.round(2)}))
    ill = rng.uniform(size=COWS) < 1 / (1 + np.exp(-(2.2 * (salt - 5.5) - 0.9 * (vigour - 2.6) - 0.6)))
    return pd.concat(lines, ignore_index=True), pd.Series(ill.astype("float32"), index=1000 + np.arange(COWS))


def summarise(log):
    enough = log.groupby("cow").filter(lambda part: len(part) >= FEWEST_VISITS)
    by_cow = enough.groupby("cow")
    flow = by_cow["flow"].agg(["mean", "std", "skew"]).add_prefix("flow_")  # whynan: nan_in_input phase=data rows=31,118,160
    salt = by_cow["conductivity"].agg(["mean", "max"]).add_prefix("salt_")
    per_day = (by_cow.size() / 28.0).rename("visits_per_day")
    return pd.concat([flow, salt, per_day], axis=1)


def build(width):
    summary = keras.Input((width,), name="summary")
    h = layers.Dense(24, activation="tanh")(summary)
    h = layers.Dropout(0.1)(h)
    shortcut = layers.Dense(8)(summary)
    h = layers.Concatenate()([layers.Dense(8, activation="tanh")(h), shortcut])
    return keras.Model(summary, layers.Dense(1, name="infection_logit")(h))


def main():
    keras.utils.set_random_seed(5)
    log, infection = robot_log(np.random.default_rng(5))
    table = summarise(log)
    labels = infection.loc[table.index].to_numpy()
    print(f"{len(log)} visits, {len(table)} cows, {labels.mean():.2f} of them infected")

    x = StandardScaler().fit_transform(table.to_numpy()).astype("float32")
    model = build(x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(5e-4),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(
        x, labels[:, None],
        batch_size=24, epochs=8, validation_split=0.2,
        class_weight={0: 1.0, 1: float((1 - labels).sum() / labels.sum())},
        verbose=2,
    )
    alarm = model.predict(x, verbose=0)[:, 0] > 0
    print("cows on the list for the vet:", int(alarm.sum()))


if __name__ == "__main__":
    main()
