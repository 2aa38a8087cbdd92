"""Small autonomous sailing boat: learn a rudder policy (port / hold / starboard) with Q-learning."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)

OBS = 5          # wind u, wind v (body frame, m/s), sin/cos of heading error, yaw rate
ACTIONS = 3
GAMMA = 0.97

class Boat:
    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.reset()

    def reset(self):
        self.heading = self.rng.uniform(-np.pi, np.pi)
        self.course = self.rng.uniform(-np.pi, np.pi)
        self.yaw = 0.0
        self.wind_dir = self.rng.uniform(-np.pi, np.pi)
        self.wind_speed = self.rng.uniform(4.0, 10.0)
        self.t = 0
        return self.observe()

    def observe(self):
        rel = self.wind_dir - self.heading
        err = self.course - self.heading
        return np.array([self.wind_speed * np.cos(rel), self.wind_speed * np.sin(rel),
                         np.sin(err), np.cos(err), self.yaw], dtype=np.float32)

    def step(self, action):
        self.yaw = 0.8 * self.yaw + 0.12 * (action - 1) + 0.01 * self.rng.normal()
        self.heading += self.yaw
        self.wind_dir += 0.02 * self.rng.normal()
        self.t += 1
        obs = self.observe()
        reward = float(obs[3]) - 0.1 * abs(self.yaw)
        return obs, reward, self.t >= 60

class Memory:
    def __init__(self, capacity, seed=1):
        self.capacity = capacity
        self.obs = np.zeros((capacity, OBS), np.float32)
        self.nxt = np.zeros((capacity, OBS), np.float32)
        self.act = np.zeros(capacity, np.int32)
        self.rew = np.zeros(capacity, np.float32)
        self.end = np.zeros(capacity, np.float32)
        self.head = 0
        self.full = False
        self.rng = np.random.default_rng(seed)

    def store(self, o, a, r, o2, done):
        i = self.head
        self.obs[i], self.act[i], self.rew[i], self.nxt[i], self.end[i] = o, a, r, o2, done
        self.head = (self.head + 1) % self.capacity
        self.full = self.full or self.head == 0

    def sample(self, n):
        last = self.capacity - 1 if self.full else self.head
        i = self.rng.integers(0, last, size=n, endpoint=True)
        return self.obs[i], self.act[i], self.rew[i], self.nxt[i], self.end[i]

class WindFrame(layers.Layer):
    def call(self, obs):
        wind = obs[:, :2]
        bearing = wind / tf.norm(wind, axis=1, keepdims=True)  # whynan: divide_by_zero phase=forward
        return tf.concat([bearing, obs[:, 2:]], axis=1)

def make_q():
    return keras.Sequential([keras.Input((OBS,)), WindFrame(), layers.Dense(48, activation="elu"),
                             layers.Dense(48, activation="elu"), layers.Dense(ACTIONS)])

online, target = make_q(), make_q()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(5e-4)
fast_q = tf.function(lambda o: online(o))

@tf.function
def learn(o, a, r, o2, done):
    best = tf.reduce_max(target(o2), axis=1)
    goal = r + GAMMA * (1.0 - done) * best
    with tf.GradientTape() as tape:
        q = tf.gather(online(o), a, batch_dims=1)
        loss = tf.reduce_mean(tf.square(goal - q))
    grads = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(grads, online.trainable_variables))
    return loss

boat, memory = Boat(), Memory(4000)
explore = np.random.default_rng(5)
obs = boat.reset()
for step in range(1, 1401):
    eps = max(0.05, 1.0 - step / 900)
    if explore.random() < eps:
        action = int(explore.integers(ACTIONS))
    else:
        action = int(np.argmax(fast_q(tf.constant(obs[None]))[0]))
    nxt, reward, done = boat.step(action)
    memory.store(obs, action, reward, nxt, float(done))
    obs = boat.reset() if done else nxt
    if step >= 200 and step % 3 == 0:
        loss = learn(*[tf.constant(v) for v in memory.sample(64)])
    if step % 300 == 0:
        target.set_weights(online.get_weights())
        print(f"step {step:5d}  eps {eps:.2f}  td loss {float(loss):.4f}")
