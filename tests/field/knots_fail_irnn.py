'''Pixel by pixel classification of knot diagrams with an IRNN,
following "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units"
(the old mnist_irnn example of Keras, ported to my own pictures).
'''
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, SimpleRNN
from keras import initializers, optimizers

keras.utils.set_random_seed(3)

batch_size = 64
num_classes = 5
epochs = 3
hidden_units = 64
side = 14

# the pictures, shuffled and split between train and test sets
names = ['reef', 'bowline', 'clove', 'figure8', 'sheetbend']
masks = (np.random.rand(num_classes, side, side) > 0.7).astype('float32')
labels = np.random.randint(0, num_classes, 800)
pictures = np.zeros((800, side, side), dtype='float32')
for i, lab in enumerate(labels):
    shade = np.random.uniform(0.6, 1.0)
    pictures[i] = masks[lab] * shade + np.random.normal(0.05, 0.08, (side, side))
pictures = np.clip(pictures, 0, 1)

x_train, x_test = pictures[:640], pictures[640:]
y_train, y_test = labels[:640], labels[640:]

x_train = x_train.reshape(x_train.shape[0], -1, 1)
x_test = x_test.reshape(x_test.shape[0], -1, 1)
x_train = x_train.astype('float32')
x_test = x_test.astype('float32')
print('x_train shape:', x_train.shape)
print(x_train.shape[0], 'train samples')
print(x_test.shape[0], 'test samples')

# convert class vectors to binary class matrices
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

print('Evaluate IRNN...')
model = Sequential()
model.add(keras.Input(shape=x_train.shape[1:]))
model.add(SimpleRNN(hidden_units,
                    recurrent_initializer=initializers.Identity(gain=1.0),
                    activation='relu'))
model.add(Dense(num_classes))
model.add(keras.layers.Activation('softmax'))

sgd = optimizers.SGD(learning_rate=0.01)
model.compile(loss='categorical_crossentropy',
              optimizer=sgd,
              metrics=['accuracy'])

model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=2, validation_data=(x_test, y_test))  # whynan: exploding_gradient phase=forward|loss|gradient|update also=learning_rate_too_high

scores = model.evaluate(x_test, y_test, verbose=0)
print('IRNN test score:', scores[0])
print('IRNN test accuracy:', scores[1])
print(names[int(np.argmax(model.predict(x_test[:1], verbose=0)))])
