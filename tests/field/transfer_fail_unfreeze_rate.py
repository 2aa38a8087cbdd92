# head training works, as soon as I unfreeze the backbone and fine-tune, loss -> inf -> nan
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(55)


def make_task(seed, n=480, dim=16):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, dim)).astype("float32")
    w = rng.normal(size=(dim, 1)) / np.sqrt(dim)
    return x, (np.tanh(x @ w) + 0.5 * (x @ w)).astype("float32")


def backbone():
    return keras.Sequential(
        [keras.Input((16,)), layers.Dense(32, activation="tanh"), layers.Dense(32, activation="tanh")],
        name="backbone",
    )


def with_head(body, name):
    inp = keras.Input((16,))
    return keras.Model(inp, layers.Dense(1, name=name)(body(inp)))


# --- 1. "pretraining" on the source task
body = backbone()
source = with_head(body, "source_head")
source.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
source.fit(*make_task(1), batch_size=32, epochs=3, verbose=2)

# --- 2. frozen backbone, new head
x, y = make_task(2)
body.trainable = False
model = with_head(body, "target_head")
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
model.fit(x, y, batch_size=32, epochs=3, verbose=2)

# --- 3. fine-tune everything. The guide says SGD is better for this stage
body.trainable = True
model.compile(optimizer=keras.optimizers.SGD(learning_rate=3.0), loss="mse")
early = keras.callbacks.EarlyStopping(monitor="loss", patience=5)
model.fit(x, y, batch_size=32, epochs=8, callbacks=[early], verbose=2)  # whynan: learning_rate_too_high phase=update|loss also=exploding_gradient
