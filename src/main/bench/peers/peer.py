"""What both peers share: the protocol, the plan, the data.

A peer is a process that stays alive. It reads one JSON command a line from standard input and answers one JSON line:
  {"cmd": "load", ...}            builds the network of a plan from given weights
  {"cmd": "steps", "count": n}    trains n steps; times in ms and the loss read after each
  {"cmd": "trial", ...}           a whole quick trial: build, train, validate each epoch
  {"cmd": "memory"}               resident bytes of the process
"""

import gc
import json
import os
import sys
import time
import traceback

import numpy as np


class Plan:
    """The network as the workbench describes it: steps that refer to earlier steps by index."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.data = json.load(file)
        self.steps = self.data["steps"]
        self.logits = self.data["logits"]


def read_weights(path, variables):
    """Splits one file of little-endian float32 into the named variables, in order."""
    flat = np.fromfile(path, dtype="<f4")
    weights = {}
    offset = 0
    for variable in variables:
        size = int(np.prod(variable["shape"]))
        weights[variable["name"]] = flat[offset : offset + size].reshape(variable["shape"])
        offset += size
    if offset != flat.size:
        raise ValueError(f"{path} holds {flat.size} numbers, the plan's variables need {offset}")
    return weights


def read_images(path, count, size):
    return np.fromfile(path, dtype=np.uint8, count=count * size * size * 3).reshape(count, size, size, 3)


def whiten(images):
    """Mean 0 and deviation 1 over each image, as tf.image.per_image_standardization; for batches made beforehand."""
    images = images.astype(np.float32)
    centred = images - images.mean((1, 2, 3), keepdims=True)
    smallest = np.float32(1 / np.sqrt(images[0].size))
    return centred / np.maximum(np.sqrt(np.square(centred).mean((1, 2, 3), keepdims=True)), smallest)


def same_padding(size, kernel, stride):
    """TensorFlow's SAME: (before, after)."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def learning_rate(settings, step, steps):
    rate, warmup = settings["learningRate"], settings["warmupSteps"]
    if step < warmup:
        return rate["initial"] * (step + 1) / warmup
    share = (step - warmup) / max(1, steps - warmup)
    return rate["final"] + 0.5 * (rate["initial"] - rate["final"]) * (1 + np.cos(np.pi * share))


def drop_path_keep(step, now, steps, final):
    """ScheduledDropPath at one site."""
    depth = (step["cellIndex"] + 1) / step["cellCount"]
    return 1 - min(1.0, now / steps) * depth * (1 - final)


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Peer:
    """Base of both peers. A subclass makes `self.train_step(step)` in `load` and runs `trial`."""

    def load(self, command):
        raise NotImplementedError

    def trial(self, command):
        raise NotImplementedError

    def run_step(self, index):
        """Trains on batch `index` of the loaded ones and returns the loss as a number."""
        raise NotImplementedError

    def steps(self, command):
        times, losses = [], []
        for _ in range(command["count"]):
            start = time.perf_counter()
            loss = self.run_step(self.done % self.batches)
            times.append((time.perf_counter() - start) * 1000)
            losses.append(loss)
            self.done += 1
        return {"ms": times, "losses": losses}

    def memory(self, _command):
        gc.collect()
        return {"residentBytes": resident_bytes()}


def serve(peer):
    # Libraries print to standard output; the answers go to a copy of it that nobody else knows.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(peer, command["cmd"])(command)
        except Exception:  # the bench prints what happened and goes on without this variant
            answer = {"error": traceback.format_exc()}
        out.write(json.dumps(answer) + "\n")
        out.flush()
