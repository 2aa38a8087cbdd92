"""Time to default in quarters, discrete-time hazard model (like nnet-survival).

loss goes nan in the first batch, I checked the data three times: no nan, everything standardised.
"""
import argparse
import numpy as np
import keras
from keras import layers, ops

QUARTERS = 10
LINKS = {"positive": "softplus", "none": None}


def encode(time, event):
    """[survived quarters | quarter of default]"""
    n = len(time)
    survived = np.zeros((n, QUARTERS), "float32")
    failed = np.zeros((n, QUARTERS), "float32")
    for i, (t, e) in enumerate(zip(time, event)):
        survived[i, :t] = 1.0
        if e:
            failed[i, t] = 1.0
        else:
            survived[i, t] = 1.0
    return np.concatenate([survived, failed], axis=1)


def make_portfolio(n=512, d=12, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)).astype("float32")
    risk = x[:, 0] - 0.5 * x[:, 3]
    time = np.clip(rng.exponential(6.0 * np.exp(-0.4 * risk)), 0, QUARTERS - 1).astype(int)
    event = rng.random(n) < 0.7
    return x, encode(time, event)


class HazardLikelihood(keras.losses.Loss):
    def __init__(self, eps=1e-7):
        super().__init__(name="hazard_nll")
        self.eps = eps

    def call(self, y_true, hazard):
        survived, failed = ops.split(y_true, 2, axis=-1)
        ll_event = failed * ops.log(hazard + self.eps)
        ll_alive = survived * ops.log(1.0 - hazard + self.eps)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative,clip_misuse
        return -ops.sum(ll_event + ll_alive, axis=-1)


def hazard_head(h, link):
    # a hazard has to be positive
    return layers.Dense(QUARTERS, activation=LINKS[link], name="hazard")(h)


def build(d, link):
    inp = keras.Input((d,))
    h = layers.Dense(32, activation="gelu")(inp)
    h = layers.Dense(32, activation="gelu")(h)
    return keras.Model(inp, hazard_head(h, link))


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--link", default="positive", choices=sorted(LINKS))
    p.add_argument("--epochs", type=int, default=5)
    args, _ = p.parse_known_args()

    keras.utils.set_random_seed(1)
    x, y = make_portfolio()
    model = build(x.shape[1], args.link)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=HazardLikelihood())
    model.fit(x, y, batch_size=64, epochs=args.epochs, verbose=2)
