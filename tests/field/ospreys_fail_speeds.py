# osprey GPS tags: soaring or flapping? hourly fixes, six birds, spring 2023
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

TAGS = ["N04", "N11", "N12", "S02", "S07", "S09"]
FIXES = 200
WINDOW = 3


def one_bird(tag):
    """200 hourly fixes: a two-state chain (0 flap, 1 soar) and what the tag measures in it"""
    state = np.zeros(FIXES, int)
    for t in range(1, FIXES):
        stay = rng.random() < 0.85
        state[t] = state[t - 1] if stay else 1 - state[t - 1]
    return pd.DataFrame({
        "tag": tag,
        "hour": np.arange(FIXES) % 24,
        "speed": rng.gamma(6.0, 1.4, FIXES) + 3.0 * state,
        "altitude": 120 + 260 * state + rng.normal(0, 70, FIXES),
        "flap_rate": np.clip(3.1 - 1.9 * state + rng.normal(0, 0.7, FIXES), 0, None),
        "soaring": state,
    })


track = pd.concat([one_bird(t) for t in TAGS], ignore_index=True)

track["speed_3h"] = track.groupby("tag")["speed"].transform(lambda s: s.rolling(WINDOW).mean())  # whynan: nan_in_input phase=data rows=198,199,398,399,598,599,798,799,998,999
track["hour_sin"] = np.sin(2 * np.pi * track["hour"] / 24)
track["hour_cos"] = np.cos(2 * np.pi * track["hour"] / 24)

# the window is not full in the first fixes
track = track.iloc[WINDOW - 1:].reset_index(drop=True)

COLS = ["speed", "speed_3h", "altitude", "flap_rate", "hour_sin", "hour_cos"]
feats = track[COLS]
feats = (feats - feats.mean()) / feats.std()
X = feats.to_numpy("float32")
y = track["soaring"].to_numpy("float32")[:, None]


class ClippedModel(keras.Model):
    """fit() with the gradient clipped to norm 1"""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=p)
        grads = tape.gradient(loss, self.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 1.0)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        for m in self.metrics:
            if m.name == "loss":
                m.update_state(loss)
            else:
                m.update_state(y, p)
        return {m.name: m.result() for m in self.metrics}


inp = keras.Input((len(COLS),))
h = keras.layers.Dense(32, activation="swish")(inp)
h = keras.layers.Dense(16, activation="swish")(h)
out = keras.layers.Dense(1)(h)
model = ClippedModel(inp, out)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))

hist = model.fit(X, y, batch_size=32, epochs=6, verbose=0)
for epoch, value in enumerate(hist.history["loss"]):
    print(f"epoch {epoch}  loss {value:.4f}")
