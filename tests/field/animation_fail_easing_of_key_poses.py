"""Learned easing between two key poses of a forearm bone (quaternions, x y z w) for our walk-cycle editor.

The network only sets how far along the arc a frame is. The loss starts around 0.01 and is nan after a handful of
batches. Takes in which the arm hangs still are covered by the straight-line branch, and the pose that comes out of the
layer is finite for every take.
"""
import keras
import numpy as np
import tensorflow as tf
from scipy.spatial.transform import Rotation

STILL_EVERY = 40


def takes(n=400, seed=33):
    rng = np.random.default_rng(seed)
    start = rng.normal(0.0, 0.7, (n, 3))
    axis = rng.normal(size=(n, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    turn = axis * rng.uniform(0.25, 1.6, (n, 1))
    # calibration takes: arm down in the rest pose, nothing moves
    start[::STILL_EVERY] = 0.0
    turn[::STILL_EVERY] = 0.0

    cues = rng.normal(size=(n, 6))
    clock = rng.uniform(0.0, 1.0, (n, 1))
    sharpness = 1.0 + 2.0 / (1.0 + np.exp(-cues[:, :1]))
    eased = clock**sharpness

    first = Rotation.from_rotvec(start)
    pose_a = first.as_quat()
    pose_b = (first * Rotation.from_rotvec(turn)).as_quat()
    frame = (first * Rotation.from_rotvec(turn * eased)).as_quat()
    inputs = {"cues": np.hstack([cues, clock]), "pose_a": pose_a, "pose_b": pose_b}
    return {k: v.astype("float32") for k, v in inputs.items()}, frame.astype("float32")


class ArcBetweenPoses(keras.layers.Layer):
    def __init__(self, nearly_equal=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.nearly_equal = nearly_equal

    def call(self, inputs):
        a, b, t = inputs
        cosine = tf.reduce_sum(a * b, axis=-1, keepdims=True)
        b = tf.where(cosine < 0.0, -b, b)
        omega = tf.acos(tf.clip_by_value(tf.abs(cosine), 0.0, 1.0))
        line = (1.0 - t) * a + t * b
        arc = (tf.sin((1.0 - t) * omega) / tf.sin(omega)) * a + (tf.sin(t * omega) / tf.sin(omega)) * b  # whynan: where_gradient_trap phase=gradient rows=0,40,80,120,160,200,240,280,320,360 also=divide_by_zero
        return tf.where(omega < self.nearly_equal, line, arc)


def easing_model():
    cues = keras.Input((7,), name="cues")
    pose_a = keras.Input((4,), name="pose_a")
    pose_b = keras.Input((4,), name="pose_b")
    h = keras.layers.Dense(32, activation="tanh")(cues)
    h = keras.layers.Dense(16, activation="tanh")(h)
    progress = keras.layers.Dense(1, activation="sigmoid", name="progress")(h)
    pose = ArcBetweenPoses(name="arc")([pose_a, pose_b, progress])
    return keras.Model({"cues": cues, "pose_a": pose_a, "pose_b": pose_b}, pose)


def main():
    keras.utils.set_random_seed(14)
    inputs, frame = takes()
    model = easing_model()
    untrained = model.predict(inputs, batch_size=100, verbose=0)
    print("poses finite before training:", np.isfinite(untrained).all())
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    model.fit(inputs, frame, batch_size=16, epochs=3, verbose=2)


if __name__ == "__main__":
    main()
