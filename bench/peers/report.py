"""Writes the table and the chart of run.py into docs."""

import html
import os
import pathlib
import platform
import re
import subprocess

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
SHOWN = {"jax": "JAX", "torch": "PyTorch", "torch-channels-last": "PyTorch, channels last", "torch-compiled": "PyTorch, compiled",
         "keras": "Keras on TensorFlow", "gomlx": "GoMLX, backend in Go"}
COLOURS = {"jax": "#7e57c2", "torch": "#ef6c00", "torch-channels-last": "#9e7700", "torch-compiled": "#c62828",
           "keras": "#1565c0", "gomlx": "#00897b"}


def machine(threads):
    """Names the processor and the number of its cores that were used."""
    name = platform.processor() or platform.machine()
    try:
        info = pathlib.Path("/proc/cpuinfo").read_text()
        fields = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", info, re.MULTILINE))
        name = f"{fields['model name']} (family {fields['cpu family']} model {fields['model']})"
        if " avx512f " in info:
            name += ", AVX-512"
    except (OSError, KeyError):
        if platform.system() == "Darwin":
            name = subprocess.check_output(["sysctl", "-n", "machdep.cpu.brand_string"], text=True).strip()
    return f"{threads} of {os.cpu_count()} cores of {name}, {platform.system()}"


def versions(requirements):
    """Lists the versions of the peers."""
    pinned = dict(line.split("==") for line in requirements.splitlines() if "==" in line)
    return ", ".join(f"{shown} {pinned[name]}" for name, shown in
                     [("jax", "JAX"), ("torch", "PyTorch"), ("keras", "Keras"), ("tensorflow_cpu", "TensorFlow")])


def markdown(report):
    lines = ["# The same training in other libraries", "",
             f"Measured on {report['date']} on {report['machine']}, with {report['versions']}.", "",
             f"    {report['command']}", "",
             f"A training step of gorgonae and of each library: the same network, batch, optimizer and {report['images']:,} images. "
             "[bench/peers](../bench/peers/README.md) says how. Ratios are of the epochs within a round, as medians, with the "
             "smallest and the largest.", "", "![How many times as long other libraries take](peers.svg)", ""]
    for name, rows in report["architectures"].items():
        lines += [f"## {name}", "", "| | ms a step | peak memory, MB | first step after, s | gorgonae's time / theirs |", "|---|---|---|---|---|"]
        for r in rows:
            ratio = "" if r["peer"] == "gorgonae" else f"{r['ratio']:.2f} ({r['least']:.2f} to {r['most']:.2f})"
            lines.append(f"| {SHOWN.get(r['peer'], r['peer'])} | {r['step']:.2f} | {r['memory']:.0f} | {r['first']:.1f} | {ratio} |")
        lines.append("")
    return "\n".join(lines)


def chart(report):
    """Draws bars of their time in gorgonae's, in SVG: a group for each architecture, and a line at 1."""
    bar, gap, left, width, top = 18, 16, 190, 520, 54
    groups = {name: sorted((r for r in rows if r["peer"] != "gorgonae"), key=lambda r: -r["ratio"])
              for name, rows in report["architectures"].items()}
    longest = max(1 / r["ratio"] for rows in groups.values() for r in rows)
    scale = width / max(longest, 1)
    out, y = [], top
    for name, rows in groups.items():
        out.append(f'<text x="{left - 10}" y="{y + 13}" text-anchor="end" font-weight="bold">{html.escape(name)}</text>')
        for r in rows:
            times = 1 / r["ratio"]
            out.append(f'<rect x="{left}" y="{y}" width="{times * scale:.1f}" height="{bar - 3}" fill="{COLOURS[r["peer"]]}"/>')
            label, x, anchor, colour = f'{SHOWN[r["peer"]]}: {times:.2f}', left + times * scale + 6, "start", "#24292f"
            if times * scale > 330:
                x, anchor, colour = left + times * scale - 6, "end", "#ffffff"
            out.append(f'<text x="{x:.1f}" y="{y + 12}" text-anchor="{anchor}" fill="{colour}">{html.escape(label)}</text>')
            y += bar
        y += gap
    one = left + scale
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 150} {y + 6}" font-family="sans-serif" font-size="12" fill="#24292f">',
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            '<text x="10" y="18" font-size="14" font-weight="bold">How many times as long other libraries take for a training step</text>',
            f'<text x="10" y="36">{html.escape(report["machine"])}; {report["date"]}; longer is slower, the line is gorgonae</text>']
    line = f'<line x1="{one:.1f}" y1="{top - 8}" x2="{one:.1f}" y2="{y - gap + 4}" stroke="#24292f" stroke-width="1.5" stroke-dasharray="4 3"/>'
    return "\n".join(head + out + [line, "</svg>", ""])


def write(report):
    for name, text in [("peers.md", markdown(report)), ("peers.svg", chart(report))]:
        temporary = DOCS / (name + ".new")
        temporary.write_text(text)
        temporary.replace(DOCS / name)
    print(f"\nwrote {DOCS / 'peers.md'} and {DOCS / 'peers.svg'}")
