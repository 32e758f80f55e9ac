"""Makes the HDF5 files of the tests: make.py FOLDER. describe.py writes what h5py reads of them.

The files that are kept beside this script were made with h5py 3.14.0 (HDF5 1.14.6) and Keras 3.15.1 on TensorFlow 2.21.
"""

import os
import sys

import h5py
import numpy as np

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
    g["again"] = f["layers"]  # a path that goes in circles
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


def chunks(f):
    """Chunks of superblock 0's time, with all filters, also in the other byte order."""
    kw = dict(compression="gzip", shuffle=True)
    f.create_dataset("gzip", data=numbers(20, 7), chunks=(6, 3), **kw)
    f.create_dataset("big", data=numbers(9, 5).astype(">f4"), chunks=(4, 5), fletcher32=True, **kw)
    f.create_dataset("half", data=numbers(3, 3, 4).astype(">f2"), chunks=(2, 2, 2), fletcher32=True)
    f.create_dataset("integers", data=np.arange(-30, 30, dtype=">i4"), chunks=(7,), **kw)
    f.create_dataset("odd", data=np.arange(5, dtype="u1"), chunks=(5,), fletcher32=True)
    f.create_dataset("texts", data=["a" * i for i in range(9)], chunks=(4,), **kw)
    f.create_dataset("fixed", data=np.array([b"abc", b"", b"de"] * 3), chunks=(4,), **kw)
    f.create_dataset("grown", data=numbers(5, 4).astype("f4"), maxshape=(None, None), chunks=(8, 8))
    f.create_dataset("levels", data=np.arange(150, dtype="i2"), chunks=(2,))  # a B-tree of two levels
    d = f.create_dataset("holes", shape=(10, 10), dtype="f4", chunks=(3, 4), fillvalue=-1.5)
    d[4:6, 1] = 2
    d = f.create_dataset("shrunk", data=numbers(12, 6), maxshape=(None, 6), chunks=(4, 4), **kw)
    d.resize((7, 6))
    f.create_dataset("never", shape=(3,), dtype="f8", fillvalue=7)
    f["piece"] = numbers(6).astype(">f8")


def opaque(f):
    """What h5py makes of ml_dtypes' bfloat16: bytes without a meaning."""
    d = f.create_dataset("bfloat16", data=np.array([0x3F80, 0xC000, 0x3EAB, 0x0001], "u2").view("V2"))
    d.attrs["dtype"] = "bfloat16"
    d = f.create_dataset("scalar", data=np.array(0x4049, "u2").view("V2"))
    d.attrs["dtype"] = "bfloat16"


def named(f, name, data, chunks, plist=None, maxshape=None, filters=False):
    """A dataset with choices that h5py's create_dataset does not have."""
    space = h5py.h5s.create_simple(data.shape, maxshape or data.shape)
    plist = plist or h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    if chunks:
        plist.set_chunk(chunks)
    if filters:
        plist.set_shuffle()
        plist.set_deflate(6)
    d = h5py.h5d.create(f.id, name.encode(), h5py.h5t.py_create(data.dtype), space, plist)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(data))


def early():
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    return plist


def latest(f):
    """The newest format: the indices of chunks."""
    any_ = h5py.h5s.UNLIMITED
    for filters in [False, True]:
        s = "-filtered" if filters else ""
        named(f, "single" + s, numbers(5, 3), (5, 3), filters=filters)
        named(f, "fixed" + s, numbers(7, 5).astype("f4"), (2, 3), filters=filters)
        named(f, "fixed-more" + s, numbers(5, 5).astype("f4"), (2, 3), maxshape=(9, 7), filters=filters)
        named(f, "extensible" + s, numbers(7, 40).astype(">f4"), (3, 2), maxshape=(9, any_), filters=filters)
        named(f, "extensible-first" + s, np.arange(200, dtype="i4"), (3,), maxshape=(any_,), filters=filters)
        named(f, "tree" + s, numbers(7, 9), (2, 2), maxshape=(any_, any_), filters=filters)
    named(f, "implicit", numbers(7, 5), (3, 2), plist=early())
    named(f, "implicit-more", numbers(5, 3), (3, 2), plist=early(), maxshape=(10, 7))
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    named(f, "compact", numbers(3, 2).astype("f2"), None, plist=plist)
    d = f.create_dataset("holes", shape=(30, 10), dtype="u1", chunks=(3, 4), fillvalue=9)
    d[4:6, 1] = 2
    f["type"] = np.dtype("f4")  # a committed datatype
    f.create_dataset("committed", data=numbers(3).astype("f4"), dtype=f["type"])
    f["committed"].attrs.create("scale", 3, dtype=f["type"])
    del f["type"]  # the datasets keep it


def dense(f):
    """The newest format: many links and attributes, and large ones."""
    g = f.create_group("links")
    for i in range(40):
        g["layer_%d" % i] = np.int16(i)
    g = f.create_group("attributes")
    for i in range(12):
        g.attrs["name %d" % i] = "value %d" % i
    g.attrs["managed"] = np.arange(400)
    g.attrs["huge"] = np.arange(1500, dtype="i4")


def pages(f):
    """The newest format: so many chunks that the indices have pages and levels. Few of them are written: value i of
    index i, modulo 100. The others are 200."""
    any_ = h5py.h5s.UNLIMITED
    for name, n, most in [("fixed", 2500, 2500), ("extensible", 140000, any_), ("tree", 300, any_)]:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((1, 1))
        plist.set_fill_value(np.array(200, "u1"))
        space = h5py.h5s.create_simple((n, 1), (most, any_ if name == "tree" else 1))
        d = h5py.Dataset(h5py.h5d.create(f.id, name.encode(), h5py.h5t.STD_U8LE, space, plist))
        for at in [0, 20, 200, 900, 1500, 2400, 139000]:
            if at < n:
                stop = min(n, at + 10) if name != "tree" else n
                d[at:stop, 0] = np.arange(at, stop) % 100


def order(f):
    """The order of creation, in superblock 0."""
    f["b"] = np.float32(1)
    f["a"] = np.float32(2)
    g = f.create_group("dense", track_order=True)
    for name in ["%d" % (i * 7 % 12) for i in range(12)]:
        g[name] = np.int8(1)
        g.attrs[name] = "x"


def refused(f):
    """Valid parts of the format that the reader names and refuses, and one value that it reads all the same."""
    f["good"] = np.float32(1)
    f["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    f.attrs["compound"] = np.zeros(1, [("a", "f4")])
    f["complex"] = np.zeros(2, "c8")
    f["reference"] = f["good"].ref
    h5py.h5d.create(f.id, b"array", h5py.h5t.array_create(h5py.h5t.IEEE_F32LE, (3,)), h5py.h5s.create(h5py.h5s.SCALAR))
    f.create_dataset("sequence", shape=(2,), dtype=h5py.vlen_dtype("f4"))
    f["soft"] = h5py.SoftLink("/good")
    f["external"] = h5py.ExternalLink("other.h5", "/good")
    f.create_dataset("lzf", data=numbers(8), chunks=(4,), compression="lzf")
    f.create_dataset("scaled", data=np.arange(8), chunks=(4,), scaleoffset=0)
    f.create_dataset("elsewhere", shape=(2,), dtype="f4", external=[("other.raw", 0, 8)])
    f["void"] = np.zeros(2, "V3")
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4,))
    f.create_virtual_dataset("virtual", layout)
    narrow = h5py.h5t.IEEE_F32LE.copy()
    narrow.set_fields(15, 11, 4, 0, 11)
    narrow.set_size(2)
    narrow.set_ebias(7)
    h5py.h5d.create(f.id, b"float", narrow, h5py.h5s.create(h5py.h5s.SCALAR))
    f["committed"] = np.dtype("f4")


FILES = {
    "old": (old, {}),
    "chunks": (chunks, {}),
    "opaque": (opaque, {"userblock_size": 512}),
    "latest": (latest, {"libver": "latest"}),
    "dense": (dense, {"libver": "latest"}),
    "refused": (refused, {}),
    "pages": (pages, {"libver": "latest"}),
    "order": (order, {"track_order": True}),
}


def keras_files(folder):
    """The files of a model in Keras: weights, and the whole in the format of Keras 2."""
    import keras

    keras.utils.set_random_seed(14)
    half = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, name="half", dtype="bfloat16")])
    half.save_weights(os.path.join(folder, "keras-bfloat16.weights.h5"))
    model = keras.Sequential(
        [keras.layers.Input((3,), name="in"), keras.layers.Dense(2, "relu", name="code"), keras.layers.Dropout(0.5, seed=1), keras.layers.Dense(3, name="out")],
        name="tiny",
    )
    model.compile("adam", "mse")
    model.fit(rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), epochs=1, verbose=0)
    model.save_weights(os.path.join(folder, "keras.weights.h5"))
    model.save(os.path.join(folder, "keras.h5"))


def main(folder):
    keras_files(folder)
    for name, (make, options) in FILES.items():
        with h5py.File(os.path.join(folder, name + ".h5"), "w", **options) as f:
            make(f)


if __name__ == "__main__":
    main(sys.argv[1])
