"""Reads logs as TensorBoard does, and prints what it finds as JSON.

peers_tensorboard.py accumulator DIR...   what event_accumulator, which scripts use, finds in the folders of runs
peers_tensorboard.py server LOGS FAST     starts tensorboard with --load_fast=FAST; for each line "RUN TAG STEP" on
                                          standard input it waits until the scalar has that step, and prints what
                                          the UI would get
"""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def png_size(data):
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("want a PNG file, got %r" % data[:8])
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def accumulator(*folders):
    print(json.dumps([accumulated(folder) for folder in folders]))


def accumulated(folder):
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.plugins.hparams import plugin_data_pb2
    from tensorboard.util import tensor_util

    a = event_accumulator.EventAccumulator(folder, event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE)
    a.Reload()
    tags = a.Tags()
    out = {"scalars": {}, "images": {}, "histograms": {}, "hparams": {}, "descriptions": {}, "version": a.file_version}
    for tag in tags["scalars"]:
        out["scalars"][tag] = [[e.step, e.value, e.wall_time] for e in a.Scalars(tag)]
        out["descriptions"][tag] = a.SummaryMetadata(tag).summary_description
    for tag in tags["images"]:
        out["images"][tag] = []
        for e in a.Images(tag):
            width, height = png_size(e.encoded_image_string)
            if (width, height) != (e.width, e.height):
                raise ValueError("the image is %d x %d, and the event says %d x %d" % (width, height, e.width, e.height))
            out["images"][tag].append([e.step, width, height])
    for tag in tags["tensors"]:
        plugin = a.SummaryMetadata(tag).plugin_data
        if plugin.plugin_name == "histograms":
            out["histograms"][tag] = [[e.step, tensor_util.make_ndarray(e.tensor_proto).tolist()] for e in a.Tensors(tag)]
        if plugin.plugin_name == "hparams":
            data = plugin_data_pb2.HParamsPluginData.FromString(plugin.content)
            if data.HasField("session_end_info"):
                out["ended"] = data.session_end_info.status
            for name, value in data.session_start_info.hparams.items():
                out["hparams"][name] = getattr(value, value.WhichOneof("kind"))
    return out


class Server:
    def __init__(self, logs, fast):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", logs, "--host", "127.0.0.1", "--port", "0", "--load_fast", fast,
             "--reload_interval", "1", "--samples_per_plugin", "scalars=100000,images=1000,histograms=1000"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.url = ""
        for line in self.process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                self.url = found.group(0) + "data/"
                break
        if not self.url:
            raise RuntimeError("tensorboard has ended with %s" % self.process.wait())

    def get(self, path, body=None, **query):
        url = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"} if data else {})
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return json.loads(text) if answer.headers["Content-Type"].startswith("application/json") else text

    def scalars(self, run, tag):
        return [[step, value, wall] for wall, step, value in self.get("plugin/scalars/scalars", run=run, tag=tag)]

    def wait(self, run, tag, step):
        for _ in range(600):
            try:
                if tag in self.get("plugin/scalars/tags").get(run, {}) and self.scalars(run, tag)[-1][0] >= step:
                    return
            except urllib.error.HTTPError:
                pass  # it has not been loaded yet
            time.sleep(0.1)
        raise RuntimeError("no step %d of %s in run %s within a minute" % (step, tag, run))

    def everything(self):
        out = {}
        for run in self.get("runs"):
            out[run] = {"scalars": {}, "images": {}, "histograms": {}, "series": {}}
        for run, tags in self.get("plugin/scalars/tags").items():
            for tag in tags:
                out[run]["scalars"][tag] = self.scalars(run, tag)
        for run, tags in self.get("plugin/images/tags").items():
            for tag in tags:
                images = self.get("plugin/images/images", run=run, tag=tag, sample=0)
                found = out[run]["images"][tag] = []
                for image in images:
                    width, height = png_size(self.get("plugin/images/individualImage?" + image["query"]))
                    found.append([image["step"], width, height])
        for run, tags in self.get("plugin/histograms/tags").items():
            for tag in tags:
                out[run]["histograms"][tag] = [[step, rows] for _, step, rows in self.get("plugin/histograms/histograms", run=run, tag=tag)]
        return {"runs": out, "timeseries": self.timeseries(out), "hparams": self.hparams()}

    def timeseries(self, runs):
        """What the first tab of the UI asks for: the steps of each run's loss."""
        tags = self.get("plugin/timeseries/tags")
        steps = {}
        for run, known in tags["scalars"]["runTagInfo"].items():
            for tag in known:
                form = "requests=" + urllib.parse.quote(json.dumps([{"plugin": "scalars", "tag": tag}]))
                request = urllib.request.Request(self.url + "plugin/timeseries/timeSeries", form.encode())
                with urllib.request.urlopen(request, timeout=60) as answer:
                    for series in json.load(answer):
                        if run in series["runToSeries"]:
                            steps.setdefault(run, {})[tag] = [p["step"] for p in series["runToSeries"][run]]
        return steps

    def hparams(self):
        experiment = self.get("plugin/hparams/experiment", {"experimentName": ""})
        groups = self.get("plugin/hparams/session_groups", {
            "experimentName": "", "startIndex": 0, "sliceSize": 100,
            "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]})
        return {"experiment": experiment, "groups": groups}


def serve(logs, fast):
    server = Server(logs, fast)
    print(json.dumps({"url": server.url}), flush=True)
    try:
        for line in sys.stdin:
            run, tag, step = line.rstrip("\n").split("\t")
            server.wait(run, tag, int(step))
            print(json.dumps(server.everything()), flush=True)
    finally:
        server.process.terminate()
        server.process.wait()


if __name__ == "__main__":
    {"accumulator": accumulator, "server": serve}[sys.argv[1]](*sys.argv[2:])
