# whynan: healthy
import tensorflow as tf

tf.random.set_seed(44)


class Regression(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.zeros((3, 1)))
        self.b = tf.Variable(tf.zeros((1,)))

    @tf.function
    def __call__(self, x):
        return x @ self.w + self.b


x = tf.random.normal((200, 3))
y = x @ tf.constant([[1.0], [-2.0], [0.5]]) + 0.3 + 0.01 * tf.random.normal((200, 1))
model = Regression()
for epoch in range(30):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        v.assign_sub(0.1 * g)
    if epoch % 5 == 0:
        print(epoch, float(loss))
print(model.w.numpy().ravel(), model.b.numpy())
