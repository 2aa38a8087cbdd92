"""Multi-task driving net: lane class + depth, with Dynamic Weight Averaging (Liu et al. 2019).

Depth is switched on after a few epochs, the shared trunk should see lanes first.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(41)
TASKS = ("lane", "depth")


class DrivingNet(keras.Model):
    def __init__(self, depth_from_epoch):
        super().__init__()
        self.depth_from_epoch = depth_from_epoch
        self.trunk = keras.Sequential([layers.Dense(48, activation="tanh"), layers.Dense(24, activation="tanh")])
        self.lane_head = layers.Dense(4)
        self.depth_head = layers.Dense(1)
        make = lambda v, name: self.add_weight(shape=(), initializer=keras.initializers.Constant(v), trainable=False, name=name)
        self.task_weight = {t: make(1.0, f"weight_{t}") for t in TASKS}
        self.depth_on = make(0.0, "depth_on")
        self.lane_mean = keras.metrics.Mean(name="lane")
        self.depth_mean = keras.metrics.Mean(name="depth")

    def call(self, x, training=False):
        h = self.trunk(x, training=training)
        return {"lane": self.lane_head(h), "depth": self.depth_head(h)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        lane = ops.mean(keras.losses.sparse_categorical_crossentropy(y["lane"], y_pred["lane"], from_logits=True))
        depth = self.depth_on * ops.mean(ops.square(y["depth"] - y_pred["depth"]))
        self.lane_mean.update_state(lane)
        self.depth_mean.update_state(depth)
        return self.task_weight["lane"] * lane + self.task_weight["depth"] * depth


class DynamicWeightAverage(keras.callbacks.Callback):
    def __init__(self, temperature=2.0):
        super().__init__()
        self.temperature = temperature
        self.history = []

    def on_epoch_begin(self, epoch, logs=None):
        self.model.depth_on.assign(1.0 if epoch >= self.model.depth_from_epoch else 0.0)
        if len(self.history) < 2:
            return
        for task, value in zip(TASKS, self.weights()):
            self.model.task_weight[task].assign(value)

    def weights(self):
        before, last = np.array(self.history[-2]), np.array(self.history[-1])
        speed = last / before  # whynan: divide_by_zero phase=loss
        e = np.exp(speed / self.temperature)
        return len(TASKS) * e / e.sum()

    def on_epoch_end(self, epoch, logs=None):
        self.history.append([float(logs[t]) for t in TASKS])


def frames(n=320):
    rng = np.random.default_rng(15)
    x = rng.normal(size=(n, 20)).astype("float32")
    lane = np.argmax(x[:, :4], axis=1).astype("int32")
    depth = (x[:, 4:6].sum(axis=1, keepdims=True) * 0.5).astype("float32")
    return x, {"lane": lane, "depth": depth}


x, y = frames()
net = DrivingNet(depth_from_epoch=3)
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit(x, y, batch_size=32, epochs=8, callbacks=[DynamicWeightAverage()], verbose=2)
