"""Gritting call-outs per district and night. The new network is compared with the old formula after every epoch.

`champion_mae` is inf in every line of my log since the traffic counters deliver vehicles per day. The loss of the new
network is negative too. Which of the two should worry me?
"""
# whynan: side_nonfinite
import keras
import numpy as np
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(88)
COLUMNS = ["road_temp", "frost_hours", "vehicles_per_day", "bridges"]


def nights(n, rng):
    road_temp = rng.uniform(-8, 4, n)
    frost_hours = np.clip(5 - 1.1 * road_temp + rng.normal(0, 1.5, n), 0, 12)
    vehicles = rng.uniform(4_000, 60_000, n)
    bridges = rng.integers(0, 4, n)
    x = np.column_stack([road_temp, frost_hours, vehicles, bridges]).astype("float32")
    log_rate = 0.2 - 0.05 * road_temp + 0.10 * frost_hours + 0.02 * vehicles / 1000 + 0.15 * bridges
    return x, rng.poisson(np.exp(log_rate)).astype("float32")[:, None]


def champion_of_2016():
    """The formula from the road authority's handbook."""
    model = keras.Sequential([keras.Input((len(COLUMNS),)), layers.Dense(1, activation="exponential")],
                             name="champion")
    kernel = np.array([[-0.06], [0.09], [0.03], [0.14]], "float32")
    model.set_weights([kernel, np.array([0.3], "float32")])
    model.trainable = False
    return model


def build_challenger(width=32):
    inputs = keras.Input((len(COLUMNS),), name="night")
    h = layers.Dense(width, activation="relu")(inputs)
    h = layers.Dense(width, activation="relu")(h)
    return keras.Model(inputs, layers.Dense(1, activation="softplus")(h), name="challenger")


class ChampionVersusChallenger(keras.callbacks.Callback):
    def __init__(self, champion, raw, scaled, y):
        super().__init__()
        self.champion, self.raw, self.scaled, self.y = champion, raw, scaled, y
        self.table = []

    def on_epoch_end(self, epoch, logs=None):
        old = np.mean(np.abs(self.champion(self.raw).numpy() - self.y))
        new = np.mean(np.abs(self.model(self.scaled, training=False).numpy() - self.y))
        logs["champion_mae"] = float(old)
        self.table.append((epoch, float(old), float(new), float(new / old)))
        print(f"   champion_mae {old:.3f}   challenger_mae {new:.3f}   ratio {new / old:.3f}")


if __name__ == "__main__":
    rng = np.random.default_rng(2)
    x_train, y_train = nights(1600, rng)
    x_val, y_val = nights(400, rng)
    scaler = StandardScaler().fit(x_train)
    z_train, z_val = scaler.transform(x_train), scaler.transform(x_val)

    challenger = build_challenger()
    challenger.compile(keras.optimizers.Adam(2e-3), loss="poisson", metrics=["mae"])
    duel = ChampionVersusChallenger(champion_of_2016(), x_val, z_val, y_val)
    history = challenger.fit(z_train, y_train, validation_data=(z_val, y_val), epochs=20, batch_size=50,
                             verbose=2, callbacks=[duel])
    print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
    winners = ["challenger" if new < old else "champion" for _, old, new, _ in duel.table]
    print("epochs won by the challenger:", winners.count("challenger"), "of", len(winners))
