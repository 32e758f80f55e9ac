"""Makes the files in this folder: small models of Keras 3 and Keras 2, and beside each NAME.x, an input, and
NAME.y, what predict makes of it (float32), and NAME.loss, the losses of the next three steps on NAME.x.

    python make.py            Keras 3: needs keras and tensorflow
    python make.py legacy     Keras 2: needs tf_keras and tensorflow
    python make.py full FILE  the tutorial's own sizes, 784-300-2-300-784, into FILE.keras, with Adam's state

They were made with Keras 3.15.1, tf_keras 2.21.0 and TensorFlow 2.21.0. A file is never the same bytes twice.
"""
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np

legacy = sys.argv[1:] == ["legacy"]
if legacy:
    import tf_keras as keras
else:
    import keras
L = keras.layers
here = os.path.dirname(os.path.abspath(__file__))
slope = "alpha" if legacy else "negative_slope"


def tutorial(numbers=36, hidden=8):
    """The tutorial's three models: encoder, decoder, and the autoencoder that joins them."""
    x = keras.Input((numbers,), name="encoder_input")
    h = L.Dense(hidden, name="encoder_dense_1")(x)
    h = L.LeakyReLU(name="encoder_leakyrelu_1")(h)
    h = L.Dense(2, name="encoder_dense_2")(h)
    encoder = keras.Model(x, L.LeakyReLU(name="encoder_output")(h), name="encoder_model")
    z = keras.Input((2,), name="decoder_input")
    h = L.Dense(hidden, name="decoder_dense_1")(z)
    h = L.LeakyReLU(name="decoder_leakyrelu_1")(h)
    h = L.Dense(numbers, name="decoder_dense_2")(h)
    decoder = keras.Model(z, L.LeakyReLU(name="decoder_output")(h), name="decoder_model")
    image = keras.Input((numbers,), name="AE_input")
    return keras.Model(image, decoder(encoder(image)), name="AE")


def convolutional():
    """A Sequential model, flat, with batch norms, and images with channels that are flattened."""
    return keras.Sequential([
        keras.Input((8, 8, 3)),
        L.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
        L.BatchNormalization(),
        L.LeakyReLU(**{slope: 0.1}),
        L.DepthwiseConv2D(3, padding="same", activation="relu"),
        L.MaxPooling2D(2),
        L.Flatten(),
        L.Dense(3, activation="tanh", name="code"),
        L.Dropout(0.0),
        L.Dense(4 * 4 * 2, activation="elu"),
        L.Reshape((4, 4, 2)),
        L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="gelu"),
        L.BatchNormalization(scale=False),
        L.Conv2D(3, 3, padding="same", activation="sigmoid"),
    ], name="convolutional")


def branches():
    """Branches, a layer that is called twice, and a model within that is called twice."""
    x = keras.Input((6, 6, 2))
    shared = L.Conv2D(2, 3, padding="same", name="shared")
    h = L.Add()([shared(x), L.Activation("silu" if not legacy else "swish")(shared(shared(x)))])
    y = keras.Input((6, 6, 2))
    inner = keras.Model(y, L.LayerNormalization()(L.Dense(2, activation="softplus")(y)), name="inner")
    h = L.Concatenate()([inner(h), L.ZeroPadding2D(((1, 0), (0, 1)))(L.Cropping2D(((0, 1), (1, 0)))(inner(x)))])
    h = L.AveragePooling2D(3, strides=2, padding="same")(h)
    h = L.Dense(3, name="code")(L.GlobalAveragePooling2D()(h))
    h = L.Reshape((3, 3, 2))(L.Dense(18)(h))
    h = L.UpSampling2D(2, interpolation="bilinear")(h)
    return keras.Model(x, L.Conv2D(2, 3, padding="same")(h), name="branches")


def optimizer(name):
    if name == "convolutional":  # with a schedule, the file has no learning rate
        schedule = keras.optimizers.schedules.ExponentialDecay(0.002, 1000000, 1.0)
        return keras.optimizers.Adam(schedule, beta_1=0.8)
    if name == "branches":
        return keras.optimizers.SGD(0.01, momentum=0.9)
    if legacy and name == "tutorial":
        return keras.optimizers.legacy.Adam(5e-4)
    return keras.optimizers.Adam(5e-4)


if sys.argv[1:2] == ["full"]:
    m = tutorial(784, 300)
    m.compile(optimizer=optimizer("tutorial"), loss="mse")
    x = np.random.default_rng(1).random((64, 784), dtype=np.float32)
    m.train_on_batch(x, x)
    m.save(sys.argv[2] + ".keras")
    sys.exit()

for make in [tutorial, convolutional, branches]:
    keras.utils.set_random_seed(1)
    m = make()
    name = make.__name__
    rng = np.random.default_rng(1)
    m.set_weights([w + rng.uniform(0, 0.3, w.shape).astype("float32") for w in m.get_weights()])
    x = rng.random((4,) + m.input_shape[1:], dtype=np.float32)
    m.compile(optimizer=optimizer(name), loss="mse")
    for _ in range(3):
        m.train_on_batch(x, x)
    base = os.path.join(here, name + ("2" if legacy else ""))
    if not legacy:
        m.save(base + ".keras")
    m.save(base + ".h5")  # afterwards: Keras 3.15.1 forgets the optimizer in archives that are saved after it
    if name == "tutorial" and not legacy:
        m.save(os.path.join(here, "forgotten.keras"))
        m.save_weights(base + ".weights.h5")
        with open(base + ".json", "w") as f:
            f.write(m.to_json())
    x.tofile(base + ".x")
    m.predict(x, verbose=0).tofile(base + ".y")
    losses = []
    for _ in range(3):
        m.reset_metrics()
        losses.append(float(m.train_on_batch(x, x)))
    with open(base + ".loss", "w") as f:
        json.dump(losses, f)
