# tear strength of sailcloth from the weaving recipe, plain TensorFlow
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(99)
rnd = np.random.RandomState(99)

n_samples, n_inputs = 1200, 20
learning_rate = 0.01
training_epochs = 5
batch_size = 60
n_hidden = 256
n_layers = 6

# recipe: thread counts, denier, crimp, resin, calender temperature ... all standardised
recipe = rnd.randn(n_samples, n_inputs).astype(np.float32)
strength = (
    0.9 * recipe[:, 0]
    + 0.5 * np.tanh(recipe[:, 1] * recipe[:, 2])
    - 0.4 * np.abs(recipe[:, 3])
    + 0.2 * rnd.randn(n_samples)
)
strength = ((strength - strength.mean()) / strength.std()).astype(np.float32).reshape(-1, 1)

x_train, x_test = recipe[:1000 - 40], recipe[1000 - 40:]
y_train, y_test = strength[:1000 - 40], strength[1000 - 40:]

sizes = [n_inputs] + [n_hidden] * n_layers
weights = [tf.Variable(tf.random.normal([a, b])) for a, b in zip(sizes[:-1], sizes[1:])]
biases = [tf.Variable(tf.zeros([b])) for b in sizes[1:]]
w_out = tf.Variable(tf.random.normal([n_hidden, 1]))
b_out = tf.Variable(tf.zeros([1]))
params = weights + biases + [w_out, b_out]


def multilayer_perceptron(x):
    h = x
    for w, b in zip(weights, biases):
        h = tf.nn.leaky_relu(tf.matmul(h, w) + b)  # whynan: bad_initialization phase=forward
    return tf.matmul(h, w_out) + b_out


def cost(x, y):
    return tf.reduce_mean(tf.math.squared_difference(multilayer_perceptron(x), y))


optimizer = keras.optimizers.SGD(learning_rate)

dataset = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(len(x_train), seed=4)
    .batch(batch_size)
)

for epoch in range(training_epochs):
    avg_cost = 0.0
    n_batches = 0
    for batch_x, batch_y in dataset:
        with tf.GradientTape() as tape:
            c = cost(batch_x, batch_y)
        grads = tape.gradient(c, params)
        optimizer.apply_gradients(zip(grads, params))
        avg_cost += float(c)
        n_batches += 1
    print("Epoch:", "%02d" % (epoch + 1), "cost={:.6g}".format(avg_cost / n_batches))

print("Optimization finished")
print("test cost:", float(cost(x_test, y_test)))
