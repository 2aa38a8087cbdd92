"""Linear baseline for the worst nuclear perimeter, from the other 29 measurements of the biopsy.

scikit-learn's LinearRegression does this in a millisecond. With Keras the loss is 1e5 after a handful of
batches and nan before the second epoch is over, although everything is standardised.
"""
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)

frame = load_breast_cancer(as_frame=True).data.copy()
target = frame.pop("worst perimeter")

x = StandardScaler().fit_transform(frame).astype("float32")
y = ((target - target.mean()) / target.std()).to_numpy("float32")

reference = LinearRegression().fit(x, y)
print(f"closed form R2: {reference.score(x, y):.4f}")

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    keras.layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.5),
    loss="mean_squared_error",
    metrics=["mae"],
)
history = model.fit(  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient
    x, y,
    batch_size=64,
    epochs=15,
    validation_split=0.2,
    verbose=2,
)
print("final loss", history.history["loss"][-1])
