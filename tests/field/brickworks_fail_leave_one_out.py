import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(31)


def firing_records(rows_per_kiln=220):
    """Five kilns of the group, one row per firing."""
    rng = np.random.default_rng(31)
    frames = []
    for kiln in ["Aldham", "Burwell", "Coldash", "Denby", "Eye"]:
        n = rows_per_kiln
        f = pd.DataFrame({
            "kiln": kiln,
            "peak_c": rng.normal(1040, 18, n),
            "soak_h": rng.gamma(9, 0.8, n),
            "moisture_pct": rng.normal(6.5, 0.9, n),
            "draught_pa": rng.normal(-38, 6, n),
            "lance_o2_m3": np.zeros(n),
            "clay": rng.integers(0, 4, n),
        })
        if kiln == "Coldash":
            f["lance_o2_m3"] = np.clip(rng.normal(55, 20, n), 0, None)
        heat = (f.peak_c - 1040) / 18 + 0.4 * (f.soak_h - 7) + 0.01 * f.lance_o2_m3
        f["strength"] = 32 + 4 * heat + 2.5 * f.clay - 1.2 * f.moisture_pct + rng.normal(0, 1.5, n)
        f["absorption"] = 11 - 0.9 * heat - 0.3 * f.clay + rng.normal(0, 0.5, n)
        frames.append(f)
    return pd.concat(frames, ignore_index=True).sample(frac=1, random_state=4).reset_index(drop=True)


PROCESS = ["peak_c", "soak_h", "moisture_pct", "draught_pa", "lance_o2_m3"]
QUALITY = ["strength", "absorption"]


def to_z(fit_on, *others):
    mu, sd = fit_on.mean(), fit_on.std()
    return [(part - mu) / sd for part in (fit_on, *others)]  # whynan: zero_variance_normalisation phase=data


def build():
    process = keras.Input((len(PROCESS),), name="process")
    clay = keras.Input((1,), dtype="int32", name="clay")
    c = layers.Flatten()(layers.Embedding(4, 3)(clay))
    h = layers.Concatenate()([process, c])
    h = layers.Dense(32, activation="swish")(h)
    h = layers.Dense(16, activation="swish")(h)
    outputs = {q: layers.Dense(1, name=q)(h) for q in QUALITY}
    model = keras.Model({"process": process, "clay": clay}, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(4e-3),
        loss={"strength": "mse", "absorption": "mae"},
        loss_weights={"strength": 1.0, "absorption": 0.5},
    )
    return model


def as_inputs(z, frame):
    return {"process": z[PROCESS].to_numpy("float32"), "clay": frame[["clay"]].to_numpy("int32")}


def as_targets(z):
    return {q: z[[q]].to_numpy("float32") for q in QUALITY}


def one_fold(records, held_out):
    train = records[records.kiln != held_out]
    test = records[records.kiln == held_out]
    x_train, x_test = to_z(train[PROCESS], test[PROCESS])
    y_train, y_test = to_z(train[QUALITY], test[QUALITY])

    model = build()
    history = model.fit(as_inputs(x_train, train), as_targets(y_train), epochs=6, batch_size=64, verbose=0)
    predicted = model.predict(as_inputs(x_test, test), batch_size=256, verbose=0)
    scores = {q: float(np.mean(np.abs(predicted[q][:, 0] - y_test[q]))) for q in QUALITY}
    return history.history["loss"][-1], scores


def main():
    records = firing_records()
    table = []
    for kiln in sorted(records.kiln.unique()):
        loss, scores = one_fold(records, kiln)
        print(f"without {kiln:8s} train loss {loss:.3f}  "
              + "  ".join(f"{q} mae {v:.3f}" for q, v in scores.items()))
        table.append({"kiln": kiln, "train_loss": loss, **scores})
    print(pd.DataFrame(table).set_index("kiln").mean())


if __name__ == "__main__":
    main()
