import numpy as np
import tensorflow as tf
import keras

# Rodeo: which of three classes does a ride end in (bucked off / scored / re-ride)?
# ten numbers per ride from the vest sensor

LEARNING_RATE = 1.0
EPOCHS = 10
BATCH_SIZE = 40

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

rides = rng.normal(size=(1200, 10)).astype(np.float32)
centres = rng.normal(size=(3, 10))
outcome = np.argmax(rides @ centres.T + rng.normal(0, 0.5, (1200, 3)), axis=1)
swap = rng.random(1200) < 0.12                  # the three judges do not always agree
outcome[swap] = rng.integers(0, 3, swap.sum())
outcome = outcome.astype(np.int64)

train = tf.data.Dataset.from_tensor_slices((rides[:1000], outcome[:1000])).shuffle(1000, seed=8).batch(BATCH_SIZE)
test_x, test_y = rides[1000:], outcome[1000:]


class RideNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = keras.layers.Dense(64, activation="tanh")
        self.b = keras.layers.Dense(64, activation="tanh")
        self.out = keras.layers.Dense(3)

    def call(self, x):
        return self.out(self.b(self.a(x)))


net = RideNet()
net(rides[:1])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(learning_rate=LEARNING_RATE)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = net(x)
        loss = loss_fn(y, logits)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))  # whynan: unstable
    return loss


print("before training: test loss %.3f" % float(loss_fn(test_y, net(test_x))))
for epoch in range(EPOCHS):
    losses = [float(train_step(x, y)) for x, y in train]
    test_logits = net(test_x)
    acc = np.mean(np.argmax(test_logits.numpy(), 1) == test_y)
    print(
        "epoch %d  train loss %.3f (from %.2f to %.2f)  test loss %.3f  test acc %.3f"
        % (epoch + 1, np.mean(losses), min(losses), max(losses), float(loss_fn(test_y, test_logits)), acc)
    )
