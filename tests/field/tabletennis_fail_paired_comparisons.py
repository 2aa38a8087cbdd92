"""Strength of the players of our table tennis league from who beat whom (Bradley-Terry). The value printed goes down
nicely from the start, far below what I thought possible, and then there is inf and nan in the ratings."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(40)
rng = np.random.default_rng(40)

# %% the season
players = 24
strength = np.sort(rng.normal(0.0, 1.1, players))
home = rng.integers(0, players, 1400)
away = (home + rng.integers(1, players, 1400)) % players
home_won = rng.random(1400) < 1.0 / (1.0 + np.exp(-(strength[home] - strength[away] + 0.2)))
winner = tf.constant(np.where(home_won, home, away), tf.int32)
loser = tf.constant(np.where(home_won, away, home), tf.int32)
side = tf.constant(np.where(home_won, 1.0, -1.0), tf.float32)

# %% the model: one number per player and the advantage of the own hall
rating = tf.Variable(tf.zeros([players]), name="rating")
hall = tf.Variable(0.0, name="hall")
RATE = 0.01

# %% fit
for step in range(400):
    with tf.GradientTape() as tape:
        gap = tf.gather(rating, winner) - tf.gather(rating, loser) + side * hall
        log_likelihood = tf.reduce_sum(tf.math.log(tf.sigmoid(gap)))  # whynan: wrong_sign_loss phase=forward|loss|gradient also=log_of_zero,exp_underflow
    grads = tape.gradient(log_likelihood, [rating, hall])
    grads = [tf.convert_to_tensor(g) for g in grads]
    rating.assign_sub(RATE * grads[0])
    hall.assign_sub(RATE * grads[1])
    rating.assign_sub(tf.reduce_mean(rating) * tf.ones_like(rating))    # only differences matter
    if step % 25 == 0:
        print(f"step {step:3d}  log likelihood {float(log_likelihood):12.2f}  "
              f"ratings {float(tf.reduce_min(rating)):8.2f} .. {float(tf.reduce_max(rating)):8.2f}")

# %% the table
table = np.argsort(-rating.numpy())
print("best five:", table[:5], " really:", np.arange(players)[::-1][:5])
print("rank correlation:", np.corrcoef(rating.numpy(), strength)[0, 1])
