"""Arrival speed of zipline guests.

Teacher: small MLP ensemble on standardised inputs, runs in the office.
Student: linear formula for the brake controller, which only knows the raw readings
(mass in kg, slope in degrees, head wind in m/s, air temperature in C).
"""
import argparse
import logging
import pathlib
import tempfile

import numpy as np
import keras
from keras import layers

logging.basicConfig(level=logging.INFO, format="[%(levelname)s] %(message)s")
log = logging.getLogger("zipline")


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--rides", type=int, default=1600)
    p.add_argument("--ensemble", type=int, default=2)
    p.add_argument("--teacher-epochs", type=int, default=10)
    p.add_argument("--teacher-lr", type=float, default=3e-3)
    p.add_argument("--student-epochs", type=int, default=40)
    p.add_argument("--student-lr", type=float, default=2e-4)
    p.add_argument("--seed", type=int, default=60)
    return p.parse_args()


class Rides:
    names = ("mass", "slope", "wind", "temp")

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        mass = rng.normal(80, 15, n).clip(40, 125)
        slope = rng.normal(8, 2, n).clip(3, 14)
        wind = rng.normal(3, 2, n)
        temp = rng.normal(15, 8, n)
        drop = np.sin(np.radians(slope))
        speed = 4.0 + 75 * drop * (mass / 80) ** 0.35 - 0.5 * wind + 0.03 * temp
        self.x = np.stack([mass, slope, wind, temp], axis=1).astype("float32")
        self.y = (speed + rng.normal(0, 0.4, n)).astype("float32")[:, None]

    def split(self, frac=0.8):
        k = int(frac * len(self.x))
        return (self.x[:k], self.y[:k]), (self.x[k:], self.y[k:])


class Teacher:
    def __init__(self, x, y, args, folder):
        self.folder, self.args = folder, args
        self.norm = layers.Normalization()
        self.norm.adapt(x)
        self.y_mean, self.y_std = float(y.mean()), float(y.std())
        self.members = [self._member() for _ in range(args.ensemble)]

    def _member(self):
        net = keras.Sequential([keras.Input((4,)), self.norm, layers.Dense(32, activation="relu"),
                                layers.Dense(32, activation="relu"), layers.Dense(1)])
        net.compile(keras.optimizers.Adam(self.args.teacher_lr), loss="mse")
        return net

    def train(self, x, y):
        target = (y - self.y_mean) / self.y_std
        for i, net in enumerate(self.members):
            h = net.fit(x, target, epochs=self.args.teacher_epochs, batch_size=64,
                        validation_split=0.1, verbose=0)
            net.save_weights(self.folder / f"teacher_{i}.weights.h5")
            log.info("teacher %d  loss %.4f  val %.4f", i, h.history["loss"][-1], h.history["val_loss"][-1])

    def speed(self, x):
        votes = [net.predict(x, verbose=0) for net in self.members]
        return np.mean(votes, axis=0) * self.y_std + self.y_mean


class Student:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.net = keras.Sequential([keras.Input((4,)), layers.Dense(1, kernel_initializer="zeros")])
        self.net.compile(keras.optimizers.SGD(args.student_lr), loss="mse")

    def distil(self, teacher, x, every=5):
        soft = teacher.speed(x)
        for epoch in range(self.args.student_epochs):
            h = self.net.fit(x, soft, batch_size=len(x), epochs=1, verbose=0)  # whynan: unstable
            if epoch % every == 0 or epoch == self.args.student_epochs - 1:
                log.info("student %2d  mse against teacher %.4g", epoch, h.history["loss"][0])
        self.net.save_weights(self.folder / "student.weights.h5")

    def formula(self):
        w, b = self.net.get_weights()
        terms = [f"{v:+.4g}*{name}" for v, name in zip(w[:, 0], Rides.names)]
        return " ".join(terms) + f" {b[0]:+.4g}"


def mae(a, b):
    return float(np.mean(np.abs(np.asarray(a, "float64") - b)))


def main():
    args = options()
    keras.utils.set_random_seed(args.seed)
    (x, y), (x_test, y_test) = Rides(args.rides, args.seed).split()
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        teacher = Teacher(x, y, args, folder)
        teacher.train(x, y)
        log.info("teacher test mae %.3f m/s", mae(teacher.speed(x_test), y_test))
        student = Student(args, folder)
        student.distil(teacher, x)
    log.info("student test mae %.4g m/s", mae(student.net.predict(x_test, verbose=0), y_test))
    log.info("v = %s", student.formula())


if __name__ == "__main__":
    main()
