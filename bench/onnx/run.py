#!/usr/bin/env python3
"""Encodes and decodes in ONNX Runtime and in gorgonae by turns; see bench/README.md.

Usage: run.py OURS [--seconds S] [--rounds N]. OURS is the program of main.go, built. The interpreter must have
onnxruntime and numpy. It prints a row for each half of a model and each batch: the median over the rounds of the
quotient of ONNX Runtime's time by ours, above 1 if ours is faster, and the time of both for a call."""

import argparse
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnxruntime as ort

THREADS = 2


def theirs(session, x, seconds):
    """Returns the seconds of the fastest call."""
    feed = {session.get_inputs()[0].name: x}
    fastest, begin = float("inf"), time.perf_counter()
    while time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        session.run(None, feed)
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--seconds", type=float, default=0.1, help="of each turn")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = subprocess.Popen([options.ours, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        cases = []
        while (line := program.stdout.readline()) not in ("", "\n"):
            cases.append(line.split())
        print(f"ONNX Runtime {ort.__version__}, {THREADS} threads; the fastest call of each turn of {options.seconds} s; medians of {options.rounds} turns")
        print(f"{'':<14}{'':<9}{'batch':>6}{'ORT/ours':>10}{'ORT':>12}{'ours':>12}")
        for i, (architecture, part, file, inputs) in enumerate(cases):
            settings = ort.SessionOptions()
            settings.intra_op_num_threads = THREADS
            # Threads of ONNX Runtime that wait would otherwise go on spinning, and take a core from our turn.
            settings.add_session_config_entry("session.force_spinning_stop", "1")
            session = ort.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
            shape = [-1] + session.get_inputs()[0].shape[1:]
            x = np.fromfile(inputs, "<f4").reshape(shape)
            for batch in (256, 1):
                pairs = []
                for _ in range(options.rounds):
                    a = theirs(session, x[:batch], options.seconds)
                    program.stdin.write(f"{i} {batch} {options.seconds}\n")
                    pairs.append((a, float(program.stdout.readline())))
                ratio, a, b = (statistics.median(column) for column in zip(*((a / b, a, b) for a, b in pairs)))
                print(f"{architecture:<14}{part:<9}{batch:>6}{ratio:>10.2f}{a * 1e6:>9.0f} us{b * 1e6:>9.0f} us", flush=True)
        program.stdin.close()
        program.wait()


main()
