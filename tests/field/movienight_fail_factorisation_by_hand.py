"""Course exercise 4: matrix factorisation of the ratings of our film club, gradient descent by hand.

The lecture writes the objective as a sum over the rated cells, so did I.
The objective goes up instead of down and after a handful of iterations it prints inf, then nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

n_members, n_films, k = 300, 200, 20
alpha = 0.01
lam = 0.1
iterations = 60

# ratings 1..5 from hidden tastes, about 40 % of the cells are filled
taste = rng.normal(size=(n_members, 3))
style = rng.normal(size=(n_films, 3))
stars = np.clip(np.round(3.4 + 0.7 * taste @ style.T + rng.normal(0, 0.5, (n_members, n_films))), 1, 5)
R = tf.constant(rng.random((n_members, n_films)) < 0.4, tf.float32)
Y = tf.constant(stars, tf.float32) * R
print("mean rating", float(tf.reduce_sum(Y) / tf.reduce_sum(R)))

X = tf.Variable(tf.random.normal([n_films, k]), name="film_features")
Theta = tf.Variable(tf.random.normal([n_members, k]), name="member_features")

J_history = []
for it in range(iterations):
    with tf.GradientTape() as tape:
        J = tf.reduce_sum(R * tf.square(Y - tf.matmul(Theta, X, transpose_b=True))) + lam * (tf.reduce_sum(X**2) + tf.reduce_sum(Theta**2))  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient
    dX, dTheta = tape.gradient(J, [X, Theta])
    X.assign_sub(alpha * dX)
    Theta.assign_sub(alpha * dTheta)
    J_history.append(float(J))
    if it % 5 == 0:
        print(f"iteration {it:3d}   J = {float(J):.4g}")

# recommend something to member 0
predicted = tf.matmul(Theta, X, transpose_b=True)[0].numpy()
unseen = np.flatnonzero(R.numpy()[0] == 0)
best = unseen[np.argsort(-predicted[unseen])[:5]]
print("five films for member 0:", best, predicted[best])
