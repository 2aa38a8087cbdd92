"""Customer churn, the well known telco table in our own version.

TotalCharges holds blanks for some customers, which I found and repaired (to_numeric + fillna). I was so sure that this was
the reason for the nan, but the loss is still nan after the repair. No column of the csv has a missing value now.
"""
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

import keras
from keras import layers

keras.utils.set_random_seed(515)


@dataclass(frozen=True)
class Settings:
    customers: int = 500
    edges: tuple = (0, 6, 12, 24, 48, 72)
    middles: tuple = (3.0, 9.0, 18.0, 36.0, 60.0)
    batch: int = 20
    epochs: int = 4


CONTRACTS = ["Month-to-month", "One year", "Two year"]
JOINED_THIS_MONTH = (88, 236, 340, 488)


def csv_text(n):
    rng = np.random.default_rng(64)
    lines = ["customer,tenure,contract,MonthlyCharges,TotalCharges,Churn"]
    for k in range(n):
        tenure = 0 if k in JOINED_THIS_MONTH else int(rng.integers(1, 73))
        contract = CONTRACTS[int(rng.integers(0, 3))]
        monthly = round(float(rng.uniform(18.0, 118.0)), 2)
        total = " " if tenure == 0 else f"{monthly * tenure:.2f}"
        logit = 0.02 * (monthly - 60.0) - 0.05 * (tenure - 20) + (1.0 if contract == CONTRACTS[0] else -0.8)
        churn = "Yes" if rng.uniform() < 1.0 / (1.0 + np.exp(-logit)) else "No"
        lines.append(f"C{k:05d},{tenure},{contract},{monthly},{total},{churn}")
    return "\n".join(lines) + "\n"


def prepare(text, settings):
    df = pd.read_csv(io.StringIO(text))
    df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce").fillna(0.0)
    assert df.notna().all().all()

    # the marketing department thinks in bands; use the middle of the band in months
    band = pd.cut(df["tenure"], bins=list(settings.edges), labels=list(settings.middles))  # whynan: nan_in_input phase=data rows=88,236,340,488
    numbers = pd.DataFrame(
        {
            "loyalty": band.astype("float32") / 72.0,
            "monthly": (df["MonthlyCharges"] - df["MonthlyCharges"].mean()) / df["MonthlyCharges"].std(),
            "total": np.log1p(df["TotalCharges"]) / 8.0,
        }
    )
    contract = pd.get_dummies(df["contract"], dtype="float32")
    inputs = {"numbers": numbers.to_numpy("float32"), "contract": contract.to_numpy("float32")}
    return inputs, (df["Churn"] == "Yes").to_numpy("float32").reshape(-1, 1)


def churn_net():
    numbers = keras.Input((3,), name="numbers")
    contract = keras.Input((len(CONTRACTS),), name="contract")
    h = layers.Concatenate()([layers.Dense(12, activation="relu")(numbers), contract])
    h = layers.Dropout(0.2)(layers.Dense(16, activation="relu")(h))
    return keras.Model({"numbers": numbers, "contract": contract}, layers.Dense(1, activation="sigmoid")(h))


def main(settings=Settings()):
    inputs, churn = prepare(csv_text(settings.customers), settings)
    net = churn_net()
    net.compile(optimizer="adam", loss="binary_crossentropy")
    log = net.fit(inputs, churn, batch_size=settings.batch, epochs=settings.epochs, verbose=2)
    print("loss per epoch:", [round(v, 4) for v in log.history["loss"]])


main()
