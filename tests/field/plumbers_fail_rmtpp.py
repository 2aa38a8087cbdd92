"""
Recurrent marked temporal point process (Du et al. 2016) on the call log of an emergency plumbing firm.

For each call: minutes since the call before and the kind of fault. The model gives the density of the next
gap, f(t) = lambda(t) exp(-int lambda), with lambda(t) = exp(v.h + w t), and the probability of the next kind.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)

KINDS = ["leak", "blocked drain", "boiler", "no hot water", "frozen pipe"]
SEQ = 24


class CallLog:
    """simulated dispatcher log, one sequence per district and fortnight"""

    def __init__(self, n_sequences, seed):
        rng = np.random.default_rng(seed)
        follow = rng.dirichlet(np.ones(len(KINDS)) * 0.8, size=len(KINDS))
        self.kinds = np.zeros((n_sequences, SEQ), "int32")
        self.gaps = np.zeros((n_sequences, SEQ), "float32")
        pace = np.array([35.0, 60.0, 80.0, 55.0, 25.0])
        for i in range(n_sequences):
            k = rng.integers(len(KINDS))
            for j in range(SEQ):
                gap = pace[k] * rng.lognormal(0, 0.6)
                if rng.random() < 0.12:
                    gap += rng.uniform(420, 660)
                if rng.random() < 0.03:
                    gap += rng.uniform(2400, 3600)
                self.gaps[i, j] = round(gap, 1)
                self.kinds[i, j] = k
                k = rng.choice(len(KINDS), p=follow[k])

    def batches(self, size, rng):
        order = rng.permutation(len(self.gaps))
        for lo in range(0, len(order), size):
            take = order[lo:lo + size]
            yield self.gaps[take], self.kinds[take]


class RMTPP(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.embed = layers.Embedding(len(KINDS), 8)
        self.memory = layers.GRU(units, return_sequences=True)
        self.influence = layers.Dense(1)
        self.next_kind = layers.Dense(len(KINDS))
        self.drift = self.add_weight(shape=(), initializer=keras.initializers.Constant(0.1), name="drift")

    def remember(self, gaps, kinds):
        x = tf.concat([self.embed(kinds), tf.math.log1p(gaps)[..., None]], axis=-1)
        return self.memory(x)

    def time_nll(self, past, gap):
        """minus log density of the gap that follows"""
        log_rate = past + self.drift * gap
        compensator = (tf.exp(log_rate) - tf.exp(past)) / self.drift  # whynan: unscaled_input phase=forward also=exp_overflow,unscaled_target
        return compensator - log_rate

    def call(self, inputs):
        gaps, kinds = inputs
        h = self.remember(gaps, kinds)[:, :-1]
        past = self.influence(h)[..., 0]
        self.add_loss(tf.reduce_mean(self.time_nll(past, gaps[:, 1:])))
        return self.next_kind(h)


def main():
    log = CallLog(320, seed=4)
    print("gaps: median %.0f min, mean %.0f min" % (np.median(log.gaps), log.gaps.mean()))
    model = RMTPP()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, clipnorm=5.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    rng = np.random.default_rng(0)
    for epoch in range(6):
        logs = []
        for gaps, kinds in log.batches(32, rng):
            logs.append(model.train_on_batch((gaps, kinds), kinds[:, 1:], return_dict=True))
        print(f"epoch {epoch}: loss {np.mean([l['loss'] for l in logs]):.4f}  "
              f"kind accuracy {np.mean([l['accuracy'] for l in logs]):.3f}  w {float(model.drift.numpy()):.4f}")


if __name__ == "__main__":
    main()
