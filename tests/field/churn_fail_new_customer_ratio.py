"""Telco churn with a sklearn ColumnTransformer in front of Keras."""
import keras
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

keras.utils.set_random_seed(0)
NUM = ["tenure", "MonthlyCharges", "TotalCharges", "AvgCharge", "ChargeDrift"]
CAT = ["Contract", "PaymentMethod", "InternetService"]


def telco(n=2000):
    r = np.random.default_rng(5)
    tenure = r.integers(1, 73, n)
    tenure[[488, 753, 936, 1082]] = 0  # signed the contract this month
    monthly = r.uniform(18, 118, n).round(2)
    df = pd.DataFrame({
        "tenure": tenure,
        "MonthlyCharges": monthly,
        "TotalCharges": (tenure * monthly * r.uniform(0.9, 1.1, n)).round(2),
        "Contract": r.choice(["Month-to-month", "One year", "Two year"], n, p=[0.55, 0.2, 0.25]),
        "PaymentMethod": r.choice(["Electronic check", "Mailed check", "Credit card"], n),
        "InternetService": r.choice(["DSL", "Fiber optic", "No"], n),
    })
    risk = 0.9 * (df["Contract"] == "Month-to-month") - 0.03 * tenure + 0.01 * monthly
    df["Churn"] = (risk + r.normal(0, 0.6, n) > 0.5).map({True: "Yes", False: "No"})
    return df


def add_ratios(df):
    df = df.copy()
    df["AvgCharge"] = df["TotalCharges"] / df["tenure"]  # whynan: divide_by_zero phase=data rows=488,753,936,1082 also=nan_in_input
    df["ChargeDrift"] = df["MonthlyCharges"] - df["AvgCharge"]
    return df


preprocess = make_pipeline(
    FunctionTransformer(add_ratios),
    ColumnTransformer([
        ("num", StandardScaler(), NUM),
        ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CAT),
    ]),
)


class ChurnNet(keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="relu") for _ in range(2)]
        self.drop = keras.layers.Dropout(0.1)
        self.out = keras.layers.Dense(1)

    def call(self, x, training=False):
        for layer in self.hidden:
            x = self.drop(layer(x), training=training)
        return self.out(x)


data = telco()
target = (data.pop("Churn") == "Yes").to_numpy("float32")
features = np.asarray(preprocess.fit_transform(data), dtype="float32")

net = ChurnNet()
net.compile(
    optimizer="adam",
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
net.fit(features, target, validation_split=0.2, epochs=3, batch_size=64, verbose=2)
