#!/usr/bin/env python3
"""Trains the same autoencoders with gorgonae and with other libraries, in turns, and prints a table. See README.md."""

import argparse
import datetime
import gzip
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import time

import environment as libraries
import report
from environment import BUILT, HERE, PYTHON

PEERS = {  # the command of each peer; its arguments are an architecture, a batch size and a number of epochs
    "gorgonae": [BUILT / "ours"],
    "jax": [PYTHON, HERE / "peer_jax.py"],
    "torch": [PYTHON, HERE / "peer_torch.py", "eager"],
    "torch-channels-last": [PYTHON, HERE / "peer_torch.py", "channels-last"],
    "torch-compiled": [PYTHON, HERE / "peer_torch.py", "compiled"],
    "keras": [PYTHON, HERE / "peer_keras.py"],
    "gomlx": [BUILT / "gomlx"],
}
ARCHITECTURES = {  # the batch size of each, and the peers that train it
    "tutorial": (256, ["gorgonae", "jax", "torch", "torch-compiled", "keras", "gomlx"]),
    "deep": (256, ["gorgonae", "jax", "torch", "torch-compiled"]),
    "conv": (128, ["gorgonae", "torch", "torch-channels-last", "torch-compiled", "keras"]),
    "conv-strided": (128, ["gorgonae", "torch", "torch-channels-last", "torch-compiled"]),
}
IMAGES = "train-images-idx3-ubyte.gz"


def install():
    """Makes the virtual environment and builds the Go programs."""
    libraries.install()
    subprocess.run(["go", "build", "-o", BUILT / "ours", "./ours"], cwd=HERE, check=True)
    subprocess.run(["go", "build", "-o", BUILT / "gomlx", "."], cwd=HERE / "gomlx", check=True,
                   env=dict(os.environ, GOEXPERIMENT="simd"))


def data_folder():
    """Returns the folder in MNIST_DIR, or a folder with random bytes in blank images of MNIST's shape.

    A square of 12 x 12 in each image is as much as digits have that is not 0, on which gorgonae's time depends."""
    folder = os.environ.get("MNIST_DIR")
    if folder:
        return pathlib.Path(folder)
    print("\nMNIST_DIR IS NOT SET: TRAINING ON RANDOM BYTES IN BLANK IMAGES. Times are near those with MNIST, losses are not.\n", flush=True)
    folder = BUILT / "random"
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / IMAGES, "wb", compresslevel=1) as f:
        f.write(struct.pack(">4I", 0x803, 60000, 28, 28))
        for _ in range(60000):
            image, top, left = bytearray(28 * 28), random.randrange(17), random.randrange(17)
            for row in range(top, top + 12):
                image[28 * row + left : 28 * row + left + 12] = os.urandom(12)
            f.write(image)
    return folder


def measure(command, environment):
    """Runs a peer and returns its numbers: epoch seconds (after the first epoch), peak memory, first step, last loss."""
    start = time.perf_counter()
    log = BUILT / "stderr.txt"
    with open(log, "w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
    epochs = []
    for text in process.stdout:
        line = json.loads(text)
        if "step" in line:
            first = time.perf_counter() - start
        else:
            epochs.append(line)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{log.read_text()}")
    scale = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, other systems kilobytes
    return {"epoch": statistics.median(e["seconds"] for e in epochs[1:]), "memory": usage.ru_maxrss / scale,
            "first": first, "loss": epochs[-1]["loss"]}


def summary(steps, results):
    """Returns a row of medians for each peer. Ratios are of the epochs within a round."""
    rows = []
    for peer, rounds in results.items():
        middle = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
        ratios = [ours["epoch"] / theirs["epoch"] for ours, theirs in zip(results["gorgonae"], rounds)]
        rows.append({"peer": peer, **middle, "step": 1000 * middle["epoch"] / steps,
                     "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios)})
    return rows


def table(architecture, rounds, rows):
    print(f"\n{architecture}: median of {rounds} rounds; ours/theirs with its smallest and largest\n")
    print(f"{'':20}{'s/epoch':>9}{'ms/step':>9}{'peak MB':>9}{'first step s':>14}{'loss':>10}  ours/theirs")
    for r in rows:
        ratio = f"{r['ratio']:.3f}  ({r['least']:.3f} to {r['most']:.3f})" if r["peer"] != "gorgonae" else ""
        print(f"{r['peer']:20}{r['epoch']:9.3f}{r['step']:9.2f}{r['memory']:9.0f}{r['first']:14.2f}{r['loss']:10.5f}  {ratio}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10, help="runs of each program (default 10)")
    options.add_argument("--epochs", type=int, default=4, help="epochs of each run; the first is not counted (default 4)")
    options.add_argument("--threads", type=int, default=2, help="processors for each program (default 2)")
    options.add_argument("--architectures", default=",".join(ARCHITECTURES), help="architectures to train (default %(default)s)")
    options.add_argument("--peers", default=",".join(PEERS), help="peers to compare with (default %(default)s)")
    options.add_argument("--docs", action="store_true", help="write the table and a chart into docs")
    options = options.parse_args()
    if options.rounds < 1 or options.epochs < 2:
        sys.exit(f"want --rounds of at least 1 and --epochs of at least 2, got {options.rounds} and {options.epochs}: the first epoch is not counted")

    architectures, peers = options.architectures.split(","), options.peers.split(",")
    if unknown := set(architectures) - set(ARCHITECTURES) or set(peers) - set(PEERS):
        sys.exit(f"want architectures of {', '.join(ARCHITECTURES)} and peers of {', '.join(PEERS)}, got {', '.join(sorted(unknown))}")

    install()
    data = data_folder()
    with gzip.open(data / IMAGES) as f:
        images = struct.unpack(">4I", f.read(16))[1]
    if hasattr(os, "sched_setaffinity"):  # the only way to limit the threads of JAX
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    threads = str(options.threads)
    environment = dict(os.environ, MNIST_DIR=str(data), THREADS=threads, GOMAXPROCS=threads, OMP_NUM_THREADS=threads,
                       CUDA_VISIBLE_DEVICES="", TORCHINDUCTOR_CACHE_DIR=str(BUILT / "inductor"))
    tables = {}
    for architecture in architectures:
        batch, trained = ARCHITECTURES[architecture]
        trained = [p for p in trained if p == "gorgonae" or p in peers]
        results = {peer: [] for peer in trained}
        for number in range(options.rounds):
            for peer in trained:
                print(f"\r{architecture}, round {number + 1} of {options.rounds}: {peer:20}", end="", file=sys.stderr, flush=True)
                results[peer].append(measure([*PEERS[peer], architecture, str(batch), str(options.epochs)], environment))
        print(file=sys.stderr)
        rows = summary(-(-images // batch), results)
        table(architecture, options.rounds, rows)
        tables[architecture] = rows
    if options.docs:
        report.write({"architectures": tables, "images": images, "machine": report.machine(options.threads), "date": datetime.date.today().isoformat(),
                      "versions": report.versions((HERE / "requirements.txt").read_text()),
                      "command": f"make bench-peers ARGS='--rounds {options.rounds} --epochs {options.epochs} --threads {options.threads}'"})


if __name__ == "__main__":
    try:
        main()
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(str(error))
