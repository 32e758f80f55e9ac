"""Makes random HDF5 files with h5py, and describes them: random_files.py FOLDER FIRST_SEED COUNT."""

import json
import os
import random
import sys

import h5py
import numpy as np

from describe import describe

NUMBERS = ["f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">f2", ">f4", ">f8", ">i2", ">u4", ">i8", "?"]
LIBVERS = [None, "earliest", "latest", ("v108", "v108"), ("v110", "v110"), ("earliest", "latest")]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.rng = np.random.default_rng(seed)
        self.left = self.r.choice([5, 30, 100])  # members of the file
        self.unlimited = h5py.h5s.UNLIMITED

    def name(self):
        letters = "abcXYZ019_. -:\u00e9\u4e16"
        while True:
            s = "".join(self.r.choice(letters) for _ in range(self.r.choice([1, 3, 8, 8, 8, 30, 30, 200])))
            if s.strip(".") and s != "dtype":
                return s

    def text(self):
        n = self.r.choice([0, 1, 7, 30, 300])
        return "".join(self.r.choice("ab \u00e9\u20ac\U0001f600{}\"'\n") for _ in range(n))

    def values(self, shape, dtype):
        """Numbers of a type, or strings for "S" and "O"."""
        if dtype == "O":
            a = np.empty(shape, object)
            a.reshape(-1)[:] = [self.text() for _ in range(a.size)]
            return a
        if dtype == "S":
            n = int(np.prod(shape))
            return np.array([self.text()[:10].encode() for _ in range(n)] or [b""], "S40")[:n].reshape(shape)
        d = np.dtype(dtype)
        if d.kind == "f":
            a = self.rng.normal(size=shape) * 10.0 ** self.r.randint(-4, 4)
            if self.r.random() < 0.1:
                a = np.where(self.rng.random(shape) < 0.3, self.r.choice([np.nan, np.inf, -np.inf, 0.0]), a)
            return np.asarray(a).astype(d)
        if d.kind == "b":
            return np.asarray(self.rng.random(shape) < 0.5)
        info = np.iinfo(d.newbyteorder("="))
        high = min(info.max, 2**63 - 1)  # the reader's integers are signed
        return np.asarray(self.rng.integers(info.min, high, size=shape, dtype=info.dtype, endpoint=True)).astype(d)

    def shape(self, ranks, most):
        rank = self.r.choice(ranks)
        return tuple(self.r.choice([0] + [most] * 3 + list(range(1, most + 1)) * 2) if self.r.random() < 0.3 else self.r.randint(1, most) for _ in range(rank))

    def attributes(self, thing, latest):
        for _ in range(self.r.choice([0, 0, 1, 3, 7, 12, 40])):
            name, dtype = self.name(), self.r.choice(NUMBERS + ["S", "O", "O", "S", "O"])
            shape = self.shape([0, 0, 1, 1, 2], 12)
            if self.r.random() < 0.05:
                thing.attrs[name] = h5py.Empty("f4")
                continue
            if latest and dtype in NUMBERS and self.r.random() < 0.1:
                shape = (self.r.choice([600, 3000, 20000]),)
            if dtype == "O":
                thing.attrs.create(name, self.values(shape, dtype), shape=shape, dtype=h5py.string_dtype())
            else:
                thing.attrs[name] = self.values(shape, dtype)

    def dataset(self, g, name):
        dtype = self.r.choice(NUMBERS + ["f4", "f4", "S", "O"])
        kind = self.r.choice(["plain", "plain", "compact", "chunked", "chunked", "chunked", "partial"])
        if self.r.random() < 0.02:
            kind = "many"
        if kind == "plain":
            if self.r.random() < 0.05:
                return g.create_dataset(name, data=h5py.Empty("f8"))
            shape = self.shape([0, 1, 2, 3, 4], 7)
            return g.create_dataset(name, data=self.values(shape, dtype), dtype=h5py.string_dtype() if dtype == "O" else None)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        if kind == "compact":
            dtype = self.r.choice(NUMBERS)
            data = self.values(self.shape([0, 1, 2], 9), dtype)
            plist.set_layout(h5py.h5d.COMPACT)
            return self.low(g, name, data, plist, None, [np.s_[...]])
        if kind == "many":  # chunks, so that indices have pages and levels
            n, width = self.r.choice([500, 3000, 3000, 200000]), self.r.choice([1, 1, 2])
            data = self.values((n // width, width)[:width], self.r.choice(["u1", "i2"]))
            plist.set_chunk((self.r.choice([1, 1, 3]), 1)[:width])
            writes = [np.s_[...]] if n < 10000 and self.r.random() < 0.5 else [np.s_[i : i + 40] for i in self.r.sample(range(len(data)), 5)]
        else:
            shape = tuple(max(1, n) for n in self.shape([1, 2, 3, 4], 11))
            data = self.values(shape, dtype)
            chunk = tuple(self.r.randint(1, n) if self.r.random() < 0.8 else n for n in shape)
            plist.set_chunk(chunk)
            writes = [np.s_[...]]
            if kind == "partial":
                corner = tuple(self.r.randrange(n) for n in shape)
                writes = [tuple(slice(c, self.r.randint(c + 1, n)) for c, n in zip(corner, shape))]
        most = tuple(self.r.choice([n, n, 2 * n, n + 1, max(n, self.unlimited)]) for n in data.shape)
        if self.r.random() < 0.5:
            if self.r.random() < 0.7:
                plist.set_shuffle()
            if self.r.random() < 0.7:
                plist.set_deflate(self.r.choice([1, 9]))
            if self.r.random() < 0.3 and dtype != "O":
                plist.set_fletcher32()
        elif self.r.random() < 0.3:
            plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        if hasattr(plist, "set_chunk_opts") and self.r.random() < 0.3:
            plist.set_chunk_opts(h5py.h5d.DONT_FILTER_PARTIAL_CHUNKS)
        if data.dtype.kind in "fiu" and self.r.random() < 0.3:
            plist.set_fill_value(np.array(5, data.dtype))
        d = self.low(g, name, data, plist, most, writes)
        if self.r.random() < 0.2:  # smaller or larger
            d.resize(tuple(self.r.randint(1, min(m, n + 3)) for n, m in zip(d.shape, most)))
        return d

    def low(self, g, name, data, plist, most, writes):
        """A dataset with choices that h5py's create_dataset does not have."""
        kind = h5py.h5t.py_create(h5py.string_dtype() if data.dtype.kind == "O" else data.dtype, logical=True)
        space = h5py.h5s.create_simple(data.shape, most or data.shape) if data.shape else h5py.h5s.create(h5py.h5s.SCALAR)
        lcpl = h5py.h5p.create(h5py.h5p.LINK_CREATE)
        lcpl.set_char_encoding(h5py.h5t.CSET_UTF8)
        d = h5py.Dataset(h5py.h5d.create(g.id, name.encode(), kind, space, plist, lcpl))
        for w in writes:
            if 0 not in data.shape:
                d[w] = data[w]
        return d

    def group(self, g, depth, latest):
        self.attributes(g, latest)
        for _ in range(self.r.choice([0, 1, 3, 7, 20, 60]) if depth else 8):
            name = self.name()
            self.left -= 1
            if name in g or self.left < 0:
                continue
            if depth < 3 and self.r.random() < 0.3:
                self.group(g.create_group(name, track_order=self.r.random() < 0.3), depth + 1, latest)
            elif self.r.random() < 0.03:
                g[name] = h5py.SoftLink("/somewhere")
            else:
                d = self.dataset(g, name)
                if self.r.random() < 0.3:
                    self.attributes(d, latest)
        if self.r.random() < 0.2:  # free space in heaps and nodes
            for name in list(g)[::3]:
                del g[name]


def make(path, seed):
    m = Maker(seed)
    libver = m.r.choice(LIBVERS)
    fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    if m.r.random() < 0.2:
        fcpl.set_userblock(m.r.choice([512, 1024, 4096]))
    if m.r.random() < 0.2:
        address, length = m.r.choice([4, 8]), m.r.choice([4, 8])
        fcpl.set_sizes(address, length)
        if length == 4:
            m.unlimited = 1000  # HDF5 up to 2.0.0 cannot open what it wrote: it takes 2^32-1 for a size
    if m.r.random() < 0.3:
        fcpl.set_link_creation_order(h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED)
        fcpl.set_attr_creation_order(h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED)
    fapl = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    if libver:
        bounds = {"earliest": h5py.h5f.LIBVER_EARLIEST, "latest": h5py.h5f.LIBVER_LATEST, "v108": h5py.h5f.LIBVER_V18, "v110": h5py.h5f.LIBVER_V110}
        low, high = (libver, "latest") if isinstance(libver, str) else libver
        fapl.set_libver_bounds(bounds[low], bounds[high])
    with h5py.File(h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, fcpl, fapl)) as f:
        m.group(f, 0, libver in ("latest", ("v108", "v108"), ("v110", "v110")))


def main(folder, first, count):
    for seed in range(first, first + count):
        path = os.path.join(folder, "%d.h5" % seed)
        make(path, seed)
        with open(path + ".json", "w") as f:
            json.dump(describe(path), f)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
