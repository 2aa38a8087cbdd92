"""Screening model that should be equally good for four groups of applicants, trained with group DRO (the weight of a
group rises with its loss). The worst-group loss goes down for about a hundred steps, then rises very quickly and ends
in inf and nan. Lowering the rate only makes it come later."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(57)

GROUPS = 4


def simulate_applicants(rng, n=2400, features=10):
    group = rng.choice(GROUPS, size=n, p=[0.55, 0.25, 0.12, 0.08])
    x = rng.normal(size=(n, features))
    direction = rng.normal(size=(GROUPS, features)) * 0.3 + rng.normal(size=features)
    score = np.einsum("nf,nf->n", x, direction[group]) + np.array([0.0, 0.3, -0.4, 0.6])[group]
    hired = score > 0
    flipped = rng.uniform(size=n) < np.array([0.10, 0.14, 0.18, 0.22])[group]
    y = np.where(flipped, ~hired, hired)
    return x.astype("float32"), y.astype("float32"), group.astype("int32")


class GroupRobustTrainer:
    def __init__(self, model, eta=0.1, rate=0.1):
        self.model = model
        self.eta = eta
        self.optimizer = keras.optimizers.SGD(rate)
        self.weights = tf.Variable(tf.fill([GROUPS], 1.0 / GROUPS), trainable=False)

    def group_means(self, values, group):
        total = tf.math.unsorted_segment_sum(values, group, GROUPS)
        count = tf.math.unsorted_segment_sum(tf.ones_like(values), group, GROUPS)
        return tf.math.divide_no_nan(total, count)          # a small batch may lack a group

    @tf.function
    def step(self, x, y, group):
        with tf.GradientTape() as tape:
            logits = tf.squeeze(self.model(x, training=True), axis=-1)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)
            by_group = self.group_means(losses, group)
            self.weights.assign(self.weights * tf.exp(self.eta * tf.stop_gradient(by_group)))  # whynan: exp_overflow phase=loss|forward also=exploding_gradient
            loss = tf.reduce_sum(self.weights * by_group)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss, by_group

    def train(self, data, epochs):
        for epoch in range(epochs):
            worst = []
            for x, y, group in data:
                loss, by_group = self.step(x, y, group)
                worst.append(float(tf.reduce_max(by_group)))
            print(f"epoch {epoch + 1:2d}  objective {float(loss):.4g}  worst group {np.mean(worst):.4g}")


def main():
    x, y, group = simulate_applicants(np.random.default_rng(57))
    data = tf.data.Dataset.from_tensor_slices((x, y, group)).shuffle(2400, seed=57).batch(60, drop_remainder=True)
    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(1),
    ])
    GroupRobustTrainer(model).train(data, epochs=14)


if __name__ == "__main__":
    main()
