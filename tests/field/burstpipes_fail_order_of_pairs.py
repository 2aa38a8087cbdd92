"""Which mains will burst next winter?

The utility can only dig up a few kilometres a year, so nobody cares about the probability, only about the order.
I read that one can train the area under the ROC curve directly, with a smooth count of wrongly ordered pairs, and
used this as the loss.  It trains nicely for some batches (the number goes from 0.5 down to 0.4) and then the loss is
nan, each time that I change the seed at another batch.  With batch_size=512 it never happened.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SHARPNESS = 1.0
NUMERIC = ["age_years", "diameter_mm", "length_m", "pressure_bar", "earlier_bursts", "frost_days"]


def pipe_register(n=2600, seed=8):
    rng = np.random.default_rng(seed)
    material = rng.choice(["grey iron", "ductile iron", "PVC", "PE", "asbestos cement"], n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    frame = pd.DataFrame({
        "age_years": rng.gamma(4.0, 11.0, n).clip(1, 130).round(),
        "diameter_mm": rng.choice([80, 100, 125, 150, 200, 300], n).astype(float),
        "length_m": rng.lognormal(3.9, 0.8, n).round(1),
        "pressure_bar": rng.normal(5.2, 1.1, n).round(1),
        "earlier_bursts": rng.poisson(0.25, n).astype(float),
        "frost_days": rng.normal(62, 14, n).round(),
        "material": material,
    })
    brittle = frame["material"].isin(["grey iron", "asbestos cement"]).astype(float)
    score = (0.025 * (frame["age_years"] - 44) + 0.9 * brittle + 0.8 * frame["earlier_bursts"]
             + 0.3 * (frame["pressure_bar"] - 5.2) + 0.4 * np.log(frame["length_m"] / 50))
    chance = 1 / (1 + np.exp(-(score - 3.7)))
    frame["burst"] = (rng.uniform(size=n) < chance).astype("float32")
    return frame


def misordered_pairs(y_true, y_pred):
    """Smooth share of the pairs (burst, sound) in which the sound pipe has the higher score."""
    burst = ops.reshape(y_true, (-1,))
    score = ops.reshape(y_pred, (-1,))
    gap = score[:, None] - score[None, :]
    pair = burst[:, None] * (1.0 - burst)[None, :]
    wrong = ops.sigmoid(-SHARPNESS * gap)
    return ops.sum(pair * wrong) / ops.sum(pair)  # whynan: divide_by_zero phase=loss also=empty_reduction,zero_weight_sum


def main():
    keras.utils.set_random_seed(8)
    register = pipe_register()
    print("share of pipes with a burst:", float(register["burst"].mean()))

    x = pd.concat([register[NUMERIC], pd.get_dummies(register["material"], dtype=float)], axis=1)
    x_train, x_test, y_train, y_test = train_test_split(
        x, register["burst"].to_numpy(), test_size=0.25, stratify=register["burst"], random_state=0)
    scaler = StandardScaler().fit(x_train)
    x_train = scaler.transform(x_train).astype("float32")
    x_test = scaler.transform(x_test).astype("float32")

    model = keras.Sequential([
        layers.Input((x_train.shape[1],)),
        layers.Dense(32, activation="elu"),
        layers.Dropout(0.1),
        layers.Dense(16, activation="elu"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3, clipnorm=1.0), loss=misordered_pairs)
    model.fit(x_train, y_train[:, None], batch_size=32, epochs=8, verbose=2)

    score = np.nan_to_num(model.predict(x_test, verbose=0)[:, 0])
    print("AUC on the held-out streets:", round(roc_auc_score(y_test, score), 3))


if __name__ == "__main__":
    main()
