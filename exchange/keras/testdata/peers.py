"""Builds random models of all layers with Keras, trains each for a few steps, and saves them with what Keras
makes of an input, for peers_test.go.

    peers.py FOLDER COUNT SEED

For model I: I.keras, I.h5, I.weights.h5 with I.json, I.x and I.y (float32: inputs and predictions), and I.loss,
the losses of two more steps of training on I.x with the targets I.t.
"""
import json
import os
import random
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # oneDNN refuses some transposed convolutions

import keras
import numpy as np
from keras import layers as L

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROWS = 5
ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "elu", "gelu", "silu", "swish", "softplus", "leaky_relu"]


def activation(r):
    return r.choice(ACTIVATIONS + [L.LeakyReLU(0.1), L.ELU(0.5), L.ReLU(negative_slope=0.2)])


def conv_options(r, shape):
    kernel = (r.choice([1, 2, 3, 4]), r.choice([1, 2, 3, 4]))
    padding = r.choice(["same", "valid"])
    if padding == "valid":
        kernel = (min(kernel[0], shape[0]), min(kernel[1], shape[1]))
    return kernel, padding


def image_layer(r, shape, light):
    """A layer for images of (height, width, channels)."""
    h, w, c = shape
    kernel, padding = conv_options(r, shape)
    stride = r.choice([1, 1, 2, 3])
    kind = r.choice(["conv", "conv", "group", "transpose", "transpose", "transpose_pad", "depthwise", "separable", "max", "average", "up", "pad", "crop",
                     "batch", "layer", "dense", "act", "drop", "spatial", "noise", "leaky", "softplus", "regular", "elu", "relu"])
    big = h * w > 200
    if kind == "conv":
        dilation = 1 if stride > 1 or (padding == "valid" and min(h, w) < 8) else r.choice([1, 2])
        return L.Conv2D(r.randint(1, 5), kernel, strides=stride, padding=padding, dilation_rate=dilation, activation=activation(r), use_bias=r.random() < 0.7)
    if kind == "group" and c > 1:
        return L.Conv2D(c * r.randint(1, 2), kernel, strides=stride, padding=padding, groups=c, use_bias=r.random() < 0.7)
    if kind == "transpose" and not big:
        return L.Conv2DTranspose(r.randint(1, 5), kernel, strides=stride, padding=padding, activation=activation(r), use_bias=r.random() < 0.7)
    if kind == "transpose_pad" and not big:
        kernel = r.choice([2, 3, 4, 5])
        stride = r.choice([2, 3])
        padding = r.choice(["same", "valid"])
        return L.Conv2DTranspose(r.randint(1, 4), kernel, strides=stride, padding=padding, output_padding=r.randint(0, stride - 1))
    if kind == "depthwise":
        return L.DepthwiseConv2D(kernel, strides=stride, padding=padding, depth_multiplier=r.choice([1, 2]), activation=activation(r), use_bias=r.random() < 0.7)
    if kind == "separable":
        return L.SeparableConv2D(r.randint(1, 5), kernel, strides=stride, padding=padding, depth_multiplier=r.choice([1, 2]), activation=activation(r), use_bias=r.random() < 0.7)
    if kind in ("max", "average") and min(h, w) >= 2:
        size = (r.choice([1, 2]), r.choice([2, 3]))
        padding = "same" if min(h, w) < 3 else padding
        cls = L.MaxPooling2D if kind == "max" else L.AveragePooling2D
        return cls(size, strides=r.choice([None, 1, 2]), padding=padding)
    if kind == "up" and not big:
        return L.UpSampling2D((r.choice([1, 2]), r.choice([1, 2, 3])), interpolation=r.choice(["nearest", "bilinear"]))
    if kind == "pad" and not big:
        return L.ZeroPadding2D(((r.randint(0, 2), r.randint(0, 2)), (r.randint(0, 2), r.randint(0, 2))))
    if kind == "crop" and min(h, w) >= 4:
        return L.Cropping2D(((r.randint(0, 1), r.randint(0, 2)), (r.randint(0, 2), r.randint(0, 1))))
    if kind == "batch":
        return L.BatchNormalization(momentum=r.choice([0.9, 0.99]), epsilon=r.choice([1e-3, 1e-2]), center=r.random() < 0.7, scale=r.random() < 0.7)
    if kind == "layer":
        return L.LayerNormalization(epsilon=r.choice([1e-3, 1e-2]), center=r.random() < 0.7, scale=r.random() < 0.7)
    if kind == "dense":
        return L.Dense(r.randint(1, 5), activation=activation(r), use_bias=r.random() < 0.7)
    if kind == "drop":
        return L.Dropout(0.0 if light else 0.3)
    if kind == "spatial":
        return L.SpatialDropout2D(0.0 if light else 0.3)
    if kind == "noise":
        return L.GaussianNoise(0.0 if light else 0.1)
    if kind == "leaky":
        return L.LeakyReLU(r.choice([0.1, 0.3]))
    if kind == "elu":
        return L.ELU(r.choice([0.5, 1.0]))
    if kind == "relu":
        return L.ReLU()
    if kind == "regular":
        return L.ActivityRegularization(l2=0.01)
    return L.Activation(r.choice(ACTIVATIONS))


def vector_layer(r, light):
    kind = r.choice(["dense", "dense", "dense", "batch", "layer", "act", "drop", "softmax", "regular", "noise"])
    if kind == "dense":
        return L.Dense(r.randint(2, 9), activation=activation(r), use_bias=r.random() < 0.7, activity_regularizer=r.choice([None, None, keras.regularizers.L2(0.02)]))
    if kind == "batch":
        return L.BatchNormalization(center=r.random() < 0.7, scale=r.random() < 0.7)
    if kind == "layer":
        return L.LayerNormalization()
    if kind == "drop":
        return L.Dropout(0.0 if light else 0.2)
    if kind == "noise":
        return L.GaussianNoise(0.0 if light else 0.2)
    if kind == "softmax":
        return L.Softmax()
    if kind == "regular":
        return L.ActivityRegularization(l2=0.01)
    return L.Activation(r.choice(ACTIVATIONS + ["softmax"]))


def body(r, x, light):
    """Layers on an image or on features, with branches, models within and shared layers."""
    for _ in range(r.randint(2, 6)):
        shape = x.shape[1:]
        kind = r.choice(["layer"] * 6 + ["branch", "inner", "shared", "joined"])
        if kind == "layer" or len(shape) != 3:
            x = (image_layer(r, shape, light) if len(shape) == 3 else vector_layer(r, light))(x)
        elif kind == "branch":
            a = L.Conv2D(shape[2], 3, padding="same")(x)
            b = L.BatchNormalization()(x)
            x = r.choice([lambda: L.Add()([a, b, x]), lambda: L.Concatenate()([a, x]), lambda: a + b])()
        elif kind == "joined":
            x = L.Concatenate(axis=3)([x, L.Conv2D(2, 1)(x)])
        elif kind == "inner":
            x = keras.Sequential([keras.Input(shape), L.Conv2D(3, 3, padding="same", activation="relu"), L.BatchNormalization()])(x)
        else:
            y = keras.Input(shape)
            once = keras.Model(y, L.DepthwiseConv2D(3, padding="same", activation="tanh")(y)) if r.random() < 0.5 else L.Conv2D(shape[2], 3, padding="same")
            x = once(L.Activation("relu")(once(x)))
    return x


def model(r, light):
    if r.random() < 0.3:
        x = keras.Input((r.randint(3, 20),))
    else:
        x = keras.Input((r.randint(5, 9), r.randint(5, 9), r.randint(1, 3)))
    y = body(r, x, light)
    if len(y.shape) == 4:
        ends = [L.Flatten(), L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D(), L.GlobalAveragePooling2D(keepdims=True), None]
        end = r.choice(ends)
        if end is not None:
            y = end(y)
    if len(y.shape) == 2:
        h, w, c = r.randint(1, 4), r.randint(1, 4), r.randint(1, 4)
        y = L.Dense(h * w * c)(y)
        if r.random() < 0.5:
            y = L.Reshape((h, w, c) if r.random() < 0.5 else (h, -1, c))(y)
            y = body(r, y, light)
    m = keras.Model(x, y)
    if r.random() < 0.3:  # the same within another
        z = keras.Input(x.shape[1:])
        m = keras.Model(z, m(z))
    return m


def sequential(r, light):
    layers = [keras.Input((6, 7, 2))]
    shape = (6, 7, 2)
    for _ in range(r.randint(1, 4)):
        l = image_layer(r, shape, light)
        shape = l.compute_output_shape((None,) + tuple(shape))[1:]
        layers.append(l)
    return keras.Sequential(layers + [L.Flatten(), L.Dense(4)])


def optimizer(r):
    rate = r.choice([1e-3, 3e-3])
    return r.choice([
        lambda: keras.optimizers.Adam(rate),
        lambda: keras.optimizers.Adam(rate, beta_1=0.8, beta_2=0.99, epsilon=1e-6),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(rate, 1000000, 1.0)),
        lambda: keras.optimizers.SGD(rate),
        lambda: keras.optimizers.SGD(rate, momentum=0.9),
        lambda: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        lambda: keras.optimizers.Adam(rate, global_clipnorm=0.5),
    ])()


def trains(m):
    return len(m.trainable_variables) > 0


for i in range(count):
    r = random.Random(seed * 1000003 + i)
    keras.utils.set_random_seed(seed * 1000 + i)
    while True:  # until a model can be built and run: layers do not fit every size
        try:
            m = sequential(r, True) if r.random() < 0.2 else model(r, True)
            if trains(m) and all(d and d < 600 for d in m.output_shape[1:]):
                m(np.zeros((1,) + m.input_shape[1:], np.float32))
                break
        except Exception:  # TensorFlow's own errors have no common class
            pass
    rng = np.random.default_rng(seed * 1000 + i)
    for v in m.variables:  # no norm has ones, no bias zeros
        if "seed" not in v.path:
            noise = rng.normal(0, 0.2, v.shape)
            v.assign(np.abs(noise) + 0.5 if "variance" in v.path else keras.ops.convert_to_numpy(v) + noise)
    x = rng.random((ROWS,) + m.input_shape[1:], dtype=np.float32)
    t = rng.random((ROWS,) + m.output_shape[1:], dtype=np.float32)
    m.compile(optimizer=optimizer(r), loss=r.choice(["mse", "mae", keras.losses.Huber()]))
    for _ in range(r.choice([0, 3])):
        m.train_on_batch(x, t)
    base = os.path.join(folder, str(i))
    m.save(base + ".keras")
    m.save(base + ".h5")
    m.save_weights(base + ".weights.h5")
    with open(base + ".json", "w") as f:
        f.write(m.to_json())
    x.tofile(base + ".x")
    t.tofile(base + ".t")
    m.predict(x, verbose=0).astype(np.float32).tofile(base + ".y")
    losses = [float(m.train_on_batch(x, t)) for _ in range(3)]
    with open(base + ".loss", "w") as f:
        json.dump(losses, f)
