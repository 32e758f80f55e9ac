"""Keras on TensorFlow: python peer_keras.py ARCHITECTURE BATCH EPOCHS"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf

from peer import ARCHITECTURE, BATCH, DEEP, EPOCHS, EPSILON, RATE, SLOPE, THREADS, TUTORIAL, Epochs, images, stepped


def dense(widths):
    x = y = keras.Input(widths[:1])
    for width in widths[1:]:
        y = keras.layers.LeakyReLU(negative_slope=SLOPE)(keras.layers.Dense(width)(y))
    return keras.Model(x, y)


def conv():
    x = keras.Input((784,))
    y = keras.layers.Reshape((28, 28, 1))(x)
    for filters in [16, 8, 8]:
        y = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(y)
        y = keras.layers.MaxPooling2D(2, padding="same")(y)
    for filters, padding in [(8, "same"), (8, "same"), (16, "valid")]:
        y = keras.layers.Conv2D(filters, 3, padding=padding, activation="relu")(y)
        y = keras.layers.UpSampling2D(2)(y)
    y = keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid")(y)
    return keras.Model(x, keras.layers.Flatten()(y))


MODELS = {  # each with its loss, and True if it is compiled; compiled convolutions are slower
    "tutorial": (lambda: dense(TUTORIAL), "mse", True),
    "deep": (lambda: dense(DEEP), "mse", True),
    "conv": (conv, "binary_crossentropy", False),
}


class Report(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = Epochs()
        self.numbers = iter(self.epochs)

    def on_epoch_begin(self, epoch, logs=None):
        next(self.numbers)

    def on_train_batch_end(self, batch, logs=None):
        if self.epochs.number == 1 and batch == 0:
            stepped()

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.ended(logs["loss"])


tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)
keras.utils.set_random_seed(1)
data = images().astype("float32") / 255
build, loss, compiled = MODELS[ARCHITECTURE]
model = build()
model.compile(keras.optimizers.Adam(RATE, epsilon=EPSILON), loss, jit_compile=compiled)
model.fit(data, data, BATCH, EPOCHS, verbose=0, callbacks=[Report()])
