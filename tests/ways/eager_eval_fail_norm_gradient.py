import tensorflow as tf

# gradient penalty of WGAN-GP, tried out on a critic that ignores its input
w = tf.Variable(tf.zeros((5, 1)))
x = tf.random.stateless_normal((4, 5), seed=(1, 2))

with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        inner.watch(x)
        score = tf.matmul(x, w)
    g = inner.gradient(score, x)
    norm = tf.sqrt(tf.reduce_sum(tf.square(g), axis=1))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero
    penalty = tf.reduce_mean(tf.square(norm - 1.0))

print("penalty", penalty.numpy())
print("gradient", outer.gradient(penalty, w).numpy().ravel())
