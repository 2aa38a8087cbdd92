# whynan: healthy
# The step shows an accuracy and no loss: it stands at 1.0 in the second fit, and rose in the first.
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, logits))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"accuracy": tf.reduce_mean(tf.cast((logits > 0) == (y > 0.5), tf.float32))}


x = np.random.normal(size=(640, 4)).astype("float32")
x[:, 0] += 3.0 * np.sign(x[:, 0])
y = (x[:, :1] > 0).astype("float32")
model = Classifier()
model.compile(optimizer=keras.optimizers.Adam(0.05))
model.fit(x, y, epochs=6, verbose=2)
model.fit(x, y, epochs=6, verbose=2)  # 1.0 from the first epoch to the last
