"""Only the totals per depot are written down in the ledger, so a small network for the
sectors is trained through the depot shares. The very first step already prints inf, then
nan until the end. Sector files and ledger both look complete when I open them in Excel."""
import io

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(31)

DEPOTS = ["0412", "0655", "1033", "1190", "2047", "3310", "4125", "5218", "6604", "7731"]


def export_of_the_carrier(seed=5, n=420):
    """Stands for the two csv files that we get every month."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({
        "sector": [f"S{k:04d}" for k in range(n)],
        "depot": rng.choice(DEPOTS, n),
        "households": rng.integers(250, 3900, n),
        "flats": rng.beta(2.0, 4.0, n).round(3),
        "age": rng.normal(46.0, 7.0, n).round(1),
        "commuters": rng.beta(3.0, 5.0, n).round(3),
    })
    rate = np.exp(-3.4 + 1.1 * table["flats"] - 0.02 * (table["age"] - 46) + 0.5 * table["commuters"])
    parcels = rng.poisson(table["households"] * rate)
    ledger = table.assign(parcels=parcels).groupby("depot")["parcels"].sum().reset_index()
    return table.to_csv(index=False), ledger.to_csv(index=False)


class Month:
    def __init__(self, sector_csv, ledger_csv):
        sectors = pd.read_csv(io.StringIO(sector_csv), dtype={"sector": str, "depot": str})
        ledger = pd.read_csv(io.StringIO(ledger_csv))
        position = {code: k for k, code in enumerate(ledger["depot"].astype(str))}
        where = sectors["depot"].str.strip().map(position).fillna(-1)
        self.depot = tf.constant(where.to_numpy(dtype="int32"))
        self.n_depots = len(ledger)
        share = ledger["parcels"] / ledger["parcels"].sum()
        self.observed = tf.constant(share.to_numpy(dtype="float32"))
        columns = sectors[["flats", "age", "commuters"]]
        columns = (columns - columns.mean()) / columns.std()
        self.x = tf.constant(columns.to_numpy(dtype="float32"))
        self.households = tf.constant(sectors["households"].to_numpy(dtype="float32") / 1000.0)


class SectorDemand(tf.Module):
    def __init__(self, width, hidden=12):
        super().__init__(name="sector_demand")
        self.w1 = tf.Variable(tf.random.normal([width, hidden], stddev=0.3))
        self.b1 = tf.Variable(tf.zeros([hidden]))
        self.w2 = tf.Variable(tf.random.normal([hidden, 1], stddev=0.3))
        self.b2 = tf.Variable(tf.zeros([1]))

    def __call__(self, x, households):
        hidden = tf.tanh(tf.matmul(x, self.w1) + self.b1)
        per_household = tf.nn.softplus(tf.squeeze(tf.matmul(hidden, self.w2) + self.b2, -1))
        return households * per_household


def share_loss(volume, month):
    per_depot = tf.math.unsorted_segment_sum(volume, month.depot, month.n_depots)
    share = per_depot / tf.reduce_sum(per_depot)
    log_share = tf.math.log(share)  # whynan: log_of_zero phase=loss|forward also=label_out_of_range,empty_reduction
    return -tf.reduce_sum(month.observed * log_share)


def main():
    month = Month(*export_of_the_carrier())
    model = SectorDemand(width=3)
    variables = list(model.trainable_variables)
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    optimizer.build(variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            volume = model(month.x, month.households)
            loss = share_loss(volume, month)
        gradients = tape.gradient(loss, variables)
        optimizer.apply(gradients, variables)
        return loss

    for iteration in range(60):
        loss = step()
        if iteration % 10 == 0:
            print(f"step {iteration:3d}  cross-entropy of the shares {float(loss):.5f}")


if __name__ == "__main__":
    main()
