"""Weekly demand for flu vaccine in 24 pharmacies: every shop has its own slopes, pooled towards the slopes of the chain.

We start with nearly independent shops and pull them together from epoch to epoch. It looks good for four epochs, then the
loss jumps to inf and nan. With a ten times smaller learning rate it comes one epoch later, with a hundred times smaller
two epochs later, so I do not think that the rate is to blame?
"""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

SHOPS, WEEKS = 24, 50
DRIVERS = ["temperature", "school_term", "flu_reports", "reminder_letters", "opening_hours", "rain"]


def demand_table(seed=14):
    rng = np.random.default_rng(seed)
    rows = []
    chain = np.array([-0.6, 0.2, 0.9, 0.4, 0.15, -0.1])
    for shop in range(SHOPS):
        own = chain + rng.normal(0.0, 0.15, len(DRIVERS))
        drivers = rng.normal(size=(WEEKS, len(DRIVERS)))
        level = 0.3 * rng.normal()
        demand = level + drivers @ own + rng.normal(0.0, 0.3, WEEKS)
        block = pd.DataFrame(drivers, columns=DRIVERS)
        block["shop"] = f"shop_{shop:02d}"
        block["log_demand"] = demand
        rows.append(block)
    table = pd.concat(rows, ignore_index=True)
    table["log_demand"] = (table["log_demand"] - table["log_demand"].mean()) / table["log_demand"].std()
    return table.sample(frac=1.0, random_state=2).reset_index(drop=True)


class PooledSlopes(layers.Layer):
    """One row of slopes for each shop; the rows are tied to their common centre."""

    def __init__(self, start, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, shapes):
        shops, drivers = shapes[0][-1], shapes[1][-1]
        self.slopes = self.add_weight(name="slopes", shape=(shops, drivers), initializer="glorot_uniform")
        self.level = self.add_weight(name="level", shape=(shops, 1), initializer="zeros")
        self.tie = self.add_weight(
            name="tie", shape=(), initializer=keras.initializers.Constant(self.start), trainable=False
        )

    def call(self, inputs):
        member, drivers = inputs
        centre = ops.mean(self.slopes, axis=0, keepdims=True)
        self.add_loss(self.tie * ops.sum(ops.square(self.slopes - centre)))  # whynan: regularization_too_large phase=forward|loss
        own = ops.matmul(member, self.slopes)
        return ops.sum(own * drivers, axis=-1, keepdims=True) + ops.matmul(member, self.level)


class PullTogether(keras.callbacks.Callback):
    def __init__(self, pool, factor):
        super().__init__()
        self.pool = pool
        self.factor = factor

    def on_epoch_end(self, epoch, logs=None):
        before = float(ops.convert_to_numpy(self.pool.tie))
        self.pool.tie.assign(before * self.factor)


def main():
    keras.utils.set_random_seed(6)
    table = demand_table()
    member = pd.get_dummies(table["shop"]).to_numpy("float32")
    drivers = table[DRIVERS].to_numpy("float32")
    demand = table[["log_demand"]].to_numpy("float32")

    member_in = keras.Input((SHOPS,), name="member")
    drivers_in = keras.Input((len(DRIVERS),), name="drivers")
    pool = PooledSlopes(start=0.1)
    model = keras.Model([member_in, drivers_in], pool([member_in, drivers_in]))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse", metrics=["mae"])
    model.fit([member, drivers], demand, batch_size=40, epochs=8, callbacks=[PullTogether(pool, 10.0)], verbose=2)

    spread = ops.std(pool.slopes, axis=0)
    for name, value in zip(DRIVERS, ops.convert_to_numpy(spread)):
        print(f"{name:18s} spread between shops {value:.3f}")


if __name__ == "__main__":
    main()
