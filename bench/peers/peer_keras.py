"""Keras on TensorFlow: python peer_keras.py ARCHITECTURE EPOCHS"""

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


MODELS = {"tutorial": lambda: dense(TUTORIAL), "deep": lambda: dense(DEEP)}


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
model = MODELS[ARCHITECTURE]()
model.compile(keras.optimizers.Adam(RATE, epsilon=EPSILON), "mse", jit_compile=True)
model.fit(data, data, BATCH, EPOCHS, verbose=0, callbacks=[Report()])
