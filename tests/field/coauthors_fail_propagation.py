# Predict (log) citations of researchers from their topics and their co-author network.
# Simplified graph convolution: project, smooth over the graph a few hops, linear head.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)
rs = np.random.RandomState(11)

N = 300
N_FIELDS = 4
N_TOPICS = 40
HOPS = 10


def coauthor_graph():
    field = np.repeat(np.arange(N_FIELDS), N // N_FIELDS)
    same = field[:, None] == field[None, :]
    prob = np.where(same, 0.16, 0.012)
    linked = np.triu(rs.rand(N, N) < prob, k=1)
    papers = linked * (1 + rs.poisson(1.5, size=(N, N)))   # number of joint papers
    papers = papers + papers.T
    return field, papers.astype("float32")


def topic_profiles(field):
    centre = rs.dirichlet(np.full(N_TOPICS, 0.3), size=N_FIELDS)
    counts = np.stack([rs.multinomial(rs.randint(20, 80), centre[f]) for f in field])
    return np.log1p(counts).astype("float32")


class CoauthorRegressor(keras.Model):
    def __init__(self, adjacency, hops, width=8):
        super().__init__()
        self.adj = tf.constant(adjacency)
        self.hops = hops
        self.project = layers.Dense(width, name="project")
        self.head = layers.Dense(1, name="head")

    def call(self, x):
        h = self.project(x)
        for _ in range(self.hops):
            h = tf.matmul(self.adj, h)  # whynan: exploding_gradient phase=forward also=unscaled_input
        return self.head(h)


field, papers = coauthor_graph()
topics = topic_profiles(field)
adjacency = papers + np.eye(N, dtype="float32")            # self loops

seniority = rs.gamma(2.0, 1.0, N)
log_cit = 2.0 + 0.6 * seniority + 0.02 * papers.sum(1) + 0.4 * (field == 2) + rs.normal(0, 0.3, N)
target = ((log_cit - log_cit.mean()) / log_cit.std()).astype("float32").reshape(-1, 1)

# transductive split: every node is in the graph, only some have a known target
known = rs.rand(N) < 0.6
train_weight = known.astype("float32")

model = CoauthorRegressor(adjacency, HOPS)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
hist = model.fit(
    topics, target,
    sample_weight=train_weight,
    batch_size=N, shuffle=False,
    epochs=60, verbose=0,
)
for e in range(0, 60, 10):
    print("epoch", e, "loss", hist.history["loss"][e])

pred = model.predict(topics, batch_size=N, verbose=0)
residual = (pred - target)[~known]
print("held-out rmse:", float(np.sqrt(np.mean(residual ** 2))))
