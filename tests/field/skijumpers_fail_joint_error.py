"""Eight joints of a ski jumper from small grey frames of the hill camera.

Joints hidden by skis or snow are marked invisible and must not count. The error is the usual mean distance between the
predicted and the true joint. First batch: joint_error about 0.6, which is right for an untrained network. From the
second batch on it is nan, and every weight of the model is nan, though all frames and coordinates are finite.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(8)

JOINTS = ("head", "shoulder", "elbow", "hand", "hip", "knee", "ankle", "ski_tip")
SIZE = 24


def hill_camera(n, seed):
    rng = np.random.default_rng(seed)
    lean = rng.uniform(-0.4, 0.4, (n, 1))
    along = np.linspace(0.15, 0.85, len(JOINTS))[None, :]
    joints = np.stack([0.5 + lean * (along - 0.5) + rng.normal(0, 0.02, (n, len(JOINTS))), along + 0 * lean], axis=-1)
    visible = (rng.uniform(size=(n, len(JOINTS))) > 0.15).astype("float32")

    grid = (np.arange(SIZE) + 0.5) / SIZE
    dx = grid[None, None, None, :] - joints[:, :, 0, None, None]
    dy = grid[None, None, :, None] - joints[:, :, 1, None, None]
    blobs = np.exp(-(dx**2 + dy**2) / (2 * 0.04**2)) * visible[:, :, None, None]
    frames = blobs.sum(axis=1) + rng.normal(0, 0.05, (n, SIZE, SIZE))
    joints = joints * visible[..., None]  # the annotation tool writes 0, 0 for hidden joints
    return frames[..., None].astype("float32"), joints.astype("float32"), visible


def mean_joint_error(predicted, joints, visible):
    offset = (predicted - joints) * visible[..., tf.newaxis]
    distance = tf.norm(offset, axis=-1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return tf.reduce_sum(distance) / (tf.reduce_sum(visible) + 1e-6)


class JumperModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_tracker = keras.metrics.Mean(name="joint_error")

    @property
    def metrics(self):
        return [self.error_tracker]

    def train_step(self, data):
        frames, (joints, visible) = data
        with tf.GradientTape() as tape:
            predicted = self(frames, training=True)
            error = mean_joint_error(predicted, joints, visible)
        gradients = tape.gradient(error, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.error_tracker.update_state(error)
        return {"joint_error": self.error_tracker.result()}


def jumper_model():
    frame = keras.Input((SIZE, SIZE, 1))
    h = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(frame)
    h = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Flatten()(h)
    h = layers.Dense(48, activation="relu")(h)
    h = layers.Dense(len(JOINTS) * 2)(h)
    return JumperModel(frame, layers.Reshape((len(JOINTS), 2))(h))


if __name__ == "__main__":
    frames, joints, visible = hill_camera(320, seed=20)
    print(f"{1 - visible.mean():.0%} of the joints are hidden")
    data = tf.data.Dataset.from_tensor_slices((frames, (joints, visible)))
    data = data.shuffle(320, seed=2).batch(32)

    model = jumper_model()
    model.compile(optimizer=keras.optimizers.Adam(1e-3))
    model.fit(data, epochs=4, verbose=2)
