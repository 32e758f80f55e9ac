"""Shared by the Python peers: the settings, the data, and the lines that they print for run.py."""

import gzip
import json
import os
import sys
import time

import numpy as np

ARCHITECTURE, BATCH, EPOCHS = sys.argv[-3], int(sys.argv[-2]), int(sys.argv[-1])
THREADS = int(os.environ["THREADS"])
RATE, EPSILON, SLOPE = 5e-4, 1e-7, 0.3
TUTORIAL = [784, 300, 2, 300, 784]
DEEP = [784, 1000, 500, 250, 30, 250, 500, 1000, 784]


def images():
    """The training images as bytes (n, 784)."""
    with gzip.open(os.path.join(os.environ["MNIST_DIR"], "train-images-idx3-ubyte.gz")) as f:
        _, n, height, width = np.frombuffer(f.read(16), ">i4")
        return np.frombuffer(f.read(), np.uint8).reshape(n, height * width)


def stepped():
    """Must be called when the first step has ended. run.py takes the time."""
    print(json.dumps({"step": 1}), flush=True)


class Epochs:
    """The numbers of the epochs to train. Each epoch is timed from its start to the call of ended."""

    def __iter__(self):
        for self.number in range(1, EPOCHS + 1):
            self.start = time.perf_counter()
            yield self.number

    def ended(self, loss):
        loss = float(loss)  # waits until the work is done, for libraries that only queue it
        seconds = time.perf_counter() - self.start
        print(json.dumps({"epoch": self.number, "seconds": seconds, "loss": loss}), flush=True)
