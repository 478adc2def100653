"""The same child in PyTorch: a module that runs the plan, torch.optim.SGD. Settings come by environment."""

import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from peer import Peer, Plan, drop_path_keep, learning_rate, read_images, read_weights, same_padding, serve, whiten

VARIANT = dict(part.split("=") for part in os.environ.get("CELLWRIGHT_PEER_VARIANT", "").split(",") if part)
FORMAT = torch.channels_last if VARIANT.get("layout") == "channels_last" else torch.contiguous_format
if "threads" in VARIANT:
    torch.set_num_threads(int(VARIANT["threads"]))
torch.backends.mkldnn.enabled = VARIANT.get("onednn", "1") == "1"


class Child(nn.Module):
    """Runs the steps of a plan. `keeps[index]` is the keep probability of the drop-path site at that step."""

    def __init__(self, plan, norm):
        super().__init__()
        self.plan = plan
        self.keeps = None
        self.parts = nn.ModuleDict()
        for index, step in enumerate(plan.steps):
            part = make_layer(step, plan.steps, norm)
            if part is not None:
                self.parts[str(index)] = part

    def forward(self, x):
        outputs = []
        for index, step in enumerate(self.plan.steps[: self.plan.logits + 1]):
            outputs.append(self.apply_step(index, step, outputs, x))
        return outputs[self.plan.logits]

    def apply_step(self, index, step, outputs, x):
        kind = step["kind"]
        if kind == "input":
            return x
        if kind == "add":
            return outputs[step["inputs"][0]] + outputs[step["inputs"][1]]
        if kind == "concat":
            return torch.cat([outputs[i] for i in step["inputs"]], 1)
        source = outputs[step["input"]]
        if kind in ("convolution", "depthwise", "batch_norm", "pool", "dense"):
            return self.parts[str(index)](source)
        if kind == "relu":
            return F.relu(source)
        if kind == "pick":
            offset = step["offset"]
            if offset and source.shape[2] % 2:
                source = F.pad(source, (0, 1, 0, 1))
            return source[:, :, offset::2, offset::2]
        if kind == "drop_path":
            if self.keeps is None or not self.training:
                return source
            keep = self.keeps[index]
            return source / keep * torch.floor(torch.rand(source.shape[0], 1, 1, 1) + keep)
        if kind == "global_pool":
            return source.mean((2, 3))
        if kind == "dropout":
            return source
        raise NotImplementedError(kind)


class Padded(nn.Module):
    """TensorFlow's SAME where it is not symmetric: zeros before, then a layer without padding."""

    def __init__(self, pads, layer):
        super().__init__()
        self.pads, self.layer = pads, layer

    def forward(self, x):
        return self.layer(F.pad(x, self.pads))


def make_layer(step, steps, norm):
    kind = step["kind"]
    if kind == "dense":
        return nn.Linear(*step["weights"]["shape"])
    if kind == "batch_norm":
        return nn.BatchNorm2d(step["shape"][2], eps=norm["epsilon"], momentum=1 - norm["decay"])
    if kind not in ("convolution", "depthwise", "pool"):
        return None
    height, width, channels = steps[step["input"]]["shape"]
    if kind == "convolution":
        kernel, strides = step["kernel"], step["strides"]
    else:
        kernel, strides = [step["kernel"]] * 2, [step["stride"]] * 2
    if kind == "depthwise" or step["padding"] == "SAME":
        (top, bottom), (left, right) = same_padding(height, kernel[0], strides[0]), same_padding(width, kernel[1], strides[1])
    else:
        top = bottom = left = right = 0
    if kind == "pool":
        # A window past the bottom or right edge is cut off, so ceil_mode gives SAME without a padded copy.
        options = {"stride": step["stride"], "padding": top, "ceil_mode": bottom > top}
        if step["mode"] == "max":
            return nn.MaxPool2d(step["kernel"], **options)
        return nn.AvgPool2d(step["kernel"], count_include_pad=False, **options)
    if kind == "depthwise" and step["dilation"] != 1:
        raise NotImplementedError("the bench trains NASNet-A, which has no dilated operation")
    groups = channels if kind == "depthwise" else 1
    outputs = channels if kind == "depthwise" else step["weights"]["shape"][3]
    is_even = top == bottom and left == right
    convolution = nn.Conv2d(
        channels, outputs, kernel, strides, padding=(top, left) if is_even else 0, groups=groups, bias=False
    )
    return convolution if is_even else Padded((left, right, top, bottom), convolution)


def set_weights(model, plan, weights):
    for index, step in enumerate(plan.steps):
        if str(index) not in model.parts:
            continue
        part = model.parts[str(index)]
        part = part.layer if isinstance(part, Padded) else part
        with torch.no_grad():
            if step["kind"] == "convolution":
                part.weight.copy_(torch.from_numpy(weights[step["weights"]["name"]].transpose(3, 2, 0, 1).copy()))
            elif step["kind"] == "depthwise":
                part.weight.copy_(torch.from_numpy(weights[step["weights"]["name"]].transpose(2, 3, 0, 1).copy()))
            elif step["kind"] == "dense":
                part.weight.copy_(torch.from_numpy(weights[step["weights"]["name"]].T.copy()))
                part.bias.copy_(torch.from_numpy(weights[step["biases"]["name"]].copy()))
            elif step["kind"] == "batch_norm":
                part.weight.copy_(torch.from_numpy(weights[step["gamma"]["name"]].copy()))
                part.bias.copy_(torch.from_numpy(weights[step["beta"]["name"]].copy()))
                part.running_mean.copy_(torch.from_numpy(weights[step["movingMean"]["name"]].copy()))
                part.running_var.copy_(torch.from_numpy(weights[step["movingVariance"]["name"]].copy()))


def initialise(model):
    for part in model.parts.values():
        part = part.layer if isinstance(part, Padded) else part
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out")


def make_optimizer(model, settings):
    """Weight decay as L2 on the kernels; the loss that is reported adds the same term."""
    kernels = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.SGD(
        [{"params": kernels}, {"params": others}],
        lr=settings["learningRate"]["initial"],
        momentum=settings["optimizer"]["momentum"],
        nesterov=settings["optimizer"]["nesterov"],
        foreach=True,
    )
    return optimizer, kernels


def train(model, run, optimizer, kernels, settings, images, labels):
    optimizer.zero_grad(set_to_none=True)
    logits = run(images)
    decay = settings["weightDecay"] * 0.5 * torch.stack(torch._foreach_norm(kernels)).square().sum()
    loss = F.cross_entropy(logits, labels) + decay
    loss.backward()
    if settings["clipNorm"]:
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clipNorm"], foreach=True)
    optimizer.step()
    return loss, logits


class PytorchPeer(Peer):
    def load(self, command):
        plan = Plan(command["plan"])
        self.batches, self.done = command["batches"], 0
        batch, size = command["batch"], command["imageSize"]
        images = whiten(read_images(command["images"], self.batches * batch, size))
        labels = np.fromfile(command["labels"], dtype="<i4", count=self.batches * batch).astype(np.int64)
        parts = torch.from_numpy(images.transpose(0, 3, 1, 2).copy()).split(batch)
        self.images = [part.contiguous(memory_format=FORMAT) for part in parts]
        self.labels = list(torch.from_numpy(labels).split(batch))
        self.settings = command["training"]
        self.model = Child(plan, self.settings["batchNorm"])
        set_weights(self.model, plan, read_weights(command["weights"], command["variables"]))
        self.model.to(memory_format=FORMAT).train()
        self.run = torch.compile(self.model) if VARIANT.get("compile") == "1" else self.model
        self.optimizer, self.kernels = make_optimizer(self.model, self.settings)
        buffers = [b for name, b in self.model.named_buffers() if not name.endswith("num_batches_tracked")]
        return {"parameters": sum(p.numel() for p in self.model.parameters()) + sum(b.numel() for b in buffers)}

    def run_step(self, index):
        loss, _ = train(
            self.model, self.run, self.optimizer, self.kernels, self.settings, self.images[index], self.labels[index]
        )
        return float(loss.item())

    def trial(self, command):
        settings, plan = command["training"], Plan(command["plan"])
        size, batch = command["imageSize"], settings["batchSize"]
        count, held = settings["trainingImages"], settings["validationImages"]
        torch.manual_seed(command["seed"])
        pixels = torch.from_numpy(read_images(command["images"], count + held, size).copy())
        labels = torch.from_numpy(np.fromfile(command["labels"], dtype="<i4", count=count + held).astype(np.int64))
        model = Child(plan, settings["batchNorm"])
        initialise(model)
        model.to(memory_format=FORMAT)
        optimizer, kernels = make_optimizer(model, settings)
        steps = settings["epochs"] * (count // batch)
        final = settings["dropPathKeep"]
        sites = [(i, step) for i, step in enumerate(plan.steps) if step["kind"] == "drop_path"]

        def whitened(chosen):
            part = pixels[chosen].float()
            variance, mean = torch.var_mean(part, (1, 2, 3), correction=0, keepdim=True)
            part = (part - mean) / variance.sqrt().clamp_min(1 / np.sqrt(part[0].numel()))
            return part.permute(0, 3, 1, 2).contiguous(memory_format=FORMAT)

        accuracy, done = 0.0, 0
        for _ in range(settings["epochs"]):
            model.train()
            order = torch.randperm(count)
            for start in range(0, count - batch + 1, batch):
                chosen = order[start : start + batch]
                if final < 1:
                    model.keeps = {i: drop_path_keep(step, done, steps, final) for i, step in sites}
                for group in optimizer.param_groups:
                    group["lr"] = learning_rate(settings, done, steps)
                images = augment(whitened(chosen), settings["augmentation"], size).contiguous(memory_format=FORMAT)
                loss, _ = train(model, model, optimizer, kernels, settings, images, labels[chosen])
                if not np.isfinite(loss.item()):
                    return {"reward": 0.0}
                done += 1
            model.eval()
            correct, part = 0, command["evaluationBatch"]
            with torch.inference_mode():
                for start in range(count, count + held, part):
                    chosen = torch.arange(start, min(start + part, count + held))
                    correct += int((model(whitened(chosen)).argmax(1) == labels[chosen]).sum())
            accuracy = correct / held
        return {"reward": accuracy}


def augment(images, settings, size):
    count = images.shape[0]
    if settings["flip"]:
        mirrored = torch.rand(count, 1, 1, 1) < 0.5
        images = torch.where(mirrored, images.flip(3), images)
    padding = settings["cropPadding"]
    if padding:
        padded = F.pad(images, (padding,) * 4)
        shifts = range(2 * padding + 1)
        rows = torch.randint(len(shifts), (count, 1)) + torch.arange(size)
        columns = torch.randint(len(shifts), (count, 1)) + torch.arange(size)
        images = padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return images


serve(PytorchPeer())
