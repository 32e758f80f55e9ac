"""conv-strided as a functional model of Keras, with weights that gorgonae exported for Keras: channels last, and flattened
images pixel by pixel. Reads weights.safetensors and x.npy, writes y.npy."""

import keras
import numpy
from keras import layers
from safetensors.numpy import load_file


def normalised(part, i, y):
    return layers.Activation("silu")(layers.BatchNormalization(name=f"{part}_norm_{i}")(y))


x = numpy.load("x.npy")
y = image = keras.Input(x.shape[1:])
for i, filters in enumerate([32, 64]):
    y = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False, name=f"encoder_conv_{i + 1}")(y)
    y = normalised("encoder", i + 1, y)
small = y.shape[1:]
encoder = keras.Model(image, layers.Dense(30, name="encoder_dense")(layers.Flatten()(y)))

y = code = keras.Input((30,))
y = layers.Reshape(small)(layers.Dense(small[0] * small[1] * small[2], name="decoder_dense")(y))
y = normalised("decoder", 0, y)
y = layers.Conv2DTranspose(32, 3, strides=2, padding="same", use_bias=False, name="decoder_conv_1")(y)
y = normalised("decoder", 1, y)
y = layers.Conv2DTranspose(x.shape[3], 3, strides=2, padding="same", activation="sigmoid", name="decoder_conv_2")(y)
decoder = keras.Model(code, y)

weights = load_file("weights.safetensors")
# A path begins with the name of a Sequential model, and does not with that of a functional one.
assert encoder.weights[0].path == "encoder_conv_1/kernel", encoder.weights[0].path
for name, model in (("encoder", encoder), ("decoder", decoder)):
    model.set_weights([weights[name + "/" + v.path] for v in model.weights])
y = decoder.predict(encoder.predict(x, verbose=0), verbose=0)
numpy.save("y.npy", numpy.ascontiguousarray(y, dtype=numpy.float32))
