"""Makes the HDF5 files of the tests and what h5py reads of them: make.py FOLDER.

h5py makes all files but Keras's, which need Keras with a backend. The files that are kept beside this script were
made with h5py 3.16.0 (HDF5 2.0.0) and Keras 3.15.1 (TensorFlow 2.21).
"""

import os
import sys

import h5py
import numpy as np

from describe import describe

rng = np.random.default_rng(14)


def numbers(*shape):
    return rng.normal(size=shape)


def old(f):
    """The format that h5py and Keras write by default: superblock 0, symbol tables, values in one piece."""
    f.attrs["text"] = "vlen \u00e9"
    f.attrs["bytes"] = np.bytes_("fixed")
    f.attrs["names"] = np.array([b"kernel", b"bias", b""])
    f.attrs["vlens"] = ["a", "", "c" * 300]
    f.attrs["int"] = -5
    f.attrs["ints"] = np.arange(6, dtype="u2").reshape(2, 3)
    f.attrs["float"] = 1.5
    f.attrs["flag"] = True
    f.attrs["empty"] = h5py.Empty("f4")
    f.attrs["none"] = np.zeros((0, 3), "f4")
    g = f.create_group("layers/dense/vars")
    g["0"] = numbers(3, 4).astype("f4")
    g["1"] = numbers(4).astype("f4")
    g["0"].attrs["name"] = "kernel"
    f["scalar"] = np.float32(2.5)
    f["step"] = np.int64(1 << 40)
    f["seed"] = np.array([1, 4294967295], "u4")
    f["flags"] = np.array([True, False])
    f["texts"] = ["one", "two \u20ac", ""]
    f["fixed"] = np.array([b"ab", b"c"])
    f["nothing"] = h5py.Empty("f4")
    f["void"] = np.zeros((2, 0), "f4")
    for name in ["f2", "f8", "i1", "u1", "i2", "u8"]:
        f["types/" + name] = abs(10 * numbers(5)).astype(name)


FILES = {"old": (old, {})}


def keras_files(folder):
    pass


def main(folder):
    for name, (make, options) in FILES.items():
        with h5py.File(os.path.join(folder, name + ".h5"), "w", **options) as f:
            make(f)


if __name__ == "__main__":
    main(sys.argv[1])
