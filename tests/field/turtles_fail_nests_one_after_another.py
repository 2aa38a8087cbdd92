"""Daily-survival model for marked turtle nests, one nest after the other, plain eager TensorFlow.

For each nest we have a visit every third day until it hatches or is dug up. The average loss per nest climbs all the
time in spite of a small learning rate, and after two or three passes over the beach it is inf, then nan.
"""
import keras
import numpy as np
import tensorflow as tf

VISITS = 15
NAMES = ["distance_to_dune", "moon", "footprints", "nest_age"]


def beach(n_nests=80, seed=6):
    rng = np.random.default_rng(seed)
    nests = []
    for _ in range(n_nests):
        dune = rng.normal()
        phase = rng.uniform(0, 2 * np.pi)
        rows, predated = [], False
        for visit in range(VISITS):
            moon = np.sin(phase + visit * 0.64)
            footprints = rng.poisson(0.6)
            rows.append([dune, moon, footprints - 0.6, visit / VISITS - 0.5])
            logit = -2.7 - 0.5 * dune + 0.4 * moon + 0.5 * (footprints - 0.6)
            if rng.random() < 1.0 / (1.0 + np.exp(-logit)):
                predated = True
                break
        nests.append((np.asarray(rows, dtype=np.float32), predated))
    return nests


class NestStudy:
    def __init__(self, rate=3e-3):
        self.net = keras.Sequential(
            [
                keras.Input((len(NAMES),)),
                keras.layers.Dense(12, activation="tanh"),
                keras.layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(-2.5)),
            ]
        )
        self.optimizer = keras.optimizers.Adam(rate)
        self.alive = tf.constant(1.0)

    def surprise(self, visits, predated):
        hazard = self.net(visits)[:, 0]
        quiet = len(visits) - int(predated)
        for visit in range(quiet):
            self.alive = self.alive * (1.0 - hazard[visit])
        chance = self.alive * hazard[-1] if predated else self.alive
        return -tf.math.log(chance)  # whynan: log_of_zero phase=loss also=exp_underflow,state_not_reset

    def learn(self, visits, predated):
        with tf.GradientTape() as tape:
            loss = self.surprise(visits, predated)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        return float(loss)

    def season(self, nests):
        losses = [self.learn(visits, predated) for visits, predated in nests]
        return np.mean(losses), np.max(losses)


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    nests = beach()
    print(sum(p for _, p in nests), "of", len(nests), "nests dug up")
    study = NestStudy()
    for pass_no in range(1, 6):
        mean, worst = study.season(nests)
        print(f"pass {pass_no}: mean {mean:.2f}  worst nest {worst:.2f}")
