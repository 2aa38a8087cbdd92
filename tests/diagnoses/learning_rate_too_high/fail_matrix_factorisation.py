"""Movie recommendations: rank 6 factorisation of a rating matrix, plain gradient descent."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(4)
np.random.seed(4)

USERS, MOVIES, RANK = 60, 40, 6
taste = np.random.normal(size=(USERS, 2)) @ np.random.normal(size=(2, MOVIES))
ratings = tf.constant(taste + 0.1 * np.random.normal(size=taste.shape), tf.float32)
seen = tf.constant(np.random.random(taste.shape) < 0.4, tf.float32)

user_factors = tf.Variable(tf.random.normal([USERS, RANK], stddev=0.3))
movie_factors = tf.Variable(tf.random.normal([MOVIES, RANK], stddev=0.3))
learning_rate = 0.5


@tf.function
def update():
    with tf.GradientTape() as tape:
        predicted = tf.matmul(user_factors, movie_factors, transpose_b=True)
        error = seen * (ratings - predicted)
        loss = 0.5 * tf.reduce_sum(tf.square(error))  # whynan: learning_rate_too_high phase=loss
    gu, gm = tape.gradient(loss, [user_factors, movie_factors])
    user_factors.assign_sub(learning_rate * gu)
    movie_factors.assign_sub(learning_rate * gm)
    return loss


losses = []
for it in range(60):
    losses.append(float(update()))
    if it % 5 == 0:
        print(it, losses[-1])
print("final loss", losses[-1])
