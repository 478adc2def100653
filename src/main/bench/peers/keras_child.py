"""The same child in Keras: a functional model, Keras's SGD, one tf.function a step. Settings come by environment."""

import os

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from peer import Peer, Plan, learning_rate, read_images, read_weights, serve, whiten

if os.environ.get("CELLWRIGHT_GRAPPLER") == "0":
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def build(plan, norm, keep_of=None):
    """A Keras model that gives the logits. `keep_of(step)` is the keep probability at a drop-path site, or None."""
    outputs = []
    for step in plan.steps:
        outputs.append(apply(step, outputs, norm, keep_of))
    return keras.Model(outputs[0], outputs[plan.logits])


def apply(step, outputs, norm, keep_of):
    kind = step["kind"]
    if kind == "input":
        return keras.Input(step["shape"])
    if kind in ("add", "concat"):
        inputs = [outputs[index] for index in step["inputs"]]
        if kind == "add":
            return layers.Add()(inputs)
        return layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    x = outputs[step["input"]]
    name = step["name"].replace("/", ".")
    if kind == "convolution":
        channels = step["weights"]["shape"][3]
        return layers.Conv2D(
            channels, step["kernel"], strides=step["strides"], padding=step["padding"].lower(), use_bias=False, name=name
        )(x)
    if kind == "depthwise":
        if step["dilation"] != 1:
            raise NotImplementedError("the bench trains NASNet-A, which has no dilated operation")
        return layers.DepthwiseConv2D(
            step["kernel"], strides=step["stride"], padding="same", use_bias=False, name=name
        )(x)
    if kind == "batch_norm":
        return layers.BatchNormalization(momentum=norm["decay"], epsilon=norm["epsilon"], name=name)(x)
    if kind == "relu":
        return layers.ReLU()(x)
    if kind == "pool":
        make = layers.MaxPooling2D if step["mode"] == "max" else layers.AveragePooling2D
        return make(step["kernel"], strides=step["stride"], padding=step["padding"].lower())(x)
    if kind == "pick":
        # As keras.applications.NASNet writes it: an average pooling of one pixel, after a shift for the second half.
        if step["offset"] == 1:
            odd = x.shape[1] % 2
            x = layers.ZeroPadding2D(((0, odd), (0, odd)))(x) if odd else x
            x = layers.Cropping2D(((1, 0), (1, 0)))(x)
        return layers.AveragePooling2D(1, strides=2, padding="same")(x)
    if kind == "drop_path":
        return x if keep_of is None else DropPath(keep_of(step))(x)
    if kind == "global_pool":
        return layers.GlobalAveragePooling2D()(x)
    if kind == "dropout":
        return x
    if kind == "dense":
        return layers.Dense(step["weights"]["shape"][1], name=name)(x)
    if kind in ("softmax", "flatten"):
        return layers.Softmax()(x) if kind == "softmax" else layers.Flatten()(x)
    raise NotImplementedError(kind)


class DropPath(layers.Layer):
    """Drops an example's path whole, or scales it up; `keep` is a function of the step that is being trained."""

    def __init__(self, keep, **options):
        super().__init__(**options)
        self.keep = keep

    def call(self, x, training=None):
        if not training:
            return x
        keep = self.keep()
        mask = tf.floor(tf.random.uniform([tf.shape(x)[0], 1, 1, 1]) + keep)
        return x / keep * mask


def set_weights(model, plan, weights):
    for step in plan.steps:
        layer_name = step["name"].replace("/", ".")
        if step["kind"] in ("convolution", "depthwise"):
            model.get_layer(layer_name).set_weights([weights[step["weights"]["name"]]])
        elif step["kind"] == "dense":
            names = [step["weights"]["name"], step["biases"]["name"]]
            model.get_layer(layer_name).set_weights([weights[name] for name in names])
        elif step["kind"] == "batch_norm":
            parts = ("gamma", "beta", "movingMean", "movingVariance")
            model.get_layer(layer_name).set_weights([weights[step[part]["name"]] for part in parts])


def is_decayed(variable):
    return variable.path.endswith("kernel")


def make_step(model, optimizer, settings):
    decayed = [v for v in model.trainable_variables if is_decayed(v)]

    def train(images, labels):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
            loss += settings["weightDecay"] * tf.add_n([tf.nn.l2_loss(v.value) for v in decayed])
        variables = model.trainable_variables
        gradients = tape.gradient(loss, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return loss, logits

    return train


def make_optimizer(settings):
    return keras.optimizers.SGD(
        settings["learningRate"]["initial"],
        momentum=settings["optimizer"]["momentum"],
        nesterov=settings["optimizer"]["nesterov"],
        global_clipnorm=settings["clipNorm"] or None,
    )


class KerasPeer(Peer):
    def load(self, command):
        keras.backend.clear_session()
        plan = Plan(command["plan"])
        self.batches, self.done = command["batches"], 0
        batch, size = command["batch"], command["imageSize"]
        images = whiten(read_images(command["images"], self.batches * batch, size))
        labels = np.fromfile(command["labels"], dtype="<i4", count=self.batches * batch)
        self.images = [tf.constant(part) for part in np.split(images, self.batches)]
        self.labels = [tf.constant(part) for part in np.split(labels, self.batches)]
        model = build(plan, command["training"]["batchNorm"])
        set_weights(model, plan, read_weights(command["weights"], command["variables"]))
        optimizer = make_optimizer(command["training"])
        optimizer.build(model.trainable_variables)
        train = make_step(model, optimizer, command["training"])
        self.step = tf.function(lambda images, labels: train(images, labels)[0])
        return {"parameters": int(model.count_params())}

    def run_step(self, index):
        return float(self.step(self.images[index], self.labels[index]).numpy())

    def trial(self, command):
        keras.backend.clear_session()
        settings, plan = command["training"], Plan(command["plan"])
        size, batch = command["imageSize"], settings["batchSize"]
        count, held = settings["trainingImages"], settings["validationImages"]
        pixels = read_images(command["images"], count + held, size)
        answers = np.fromfile(command["labels"], dtype="<i4", count=count + held)
        images, labels = tf.constant(pixels), tf.constant(answers)
        now = tf.Variable(0.0)
        steps = settings["epochs"] * (count // batch)
        final = settings["dropPathKeep"]

        def keep_of(step):
            depth = (step["cellIndex"] + 1) / step["cellCount"]
            return lambda: 1 - tf.minimum(1.0, now / steps) * depth * (1 - final)

        model = build(plan, settings["batchNorm"], keep_of if final < 1 else None)
        optimizer = make_optimizer(settings)
        optimizer.build(model.trainable_variables)
        train = make_step(model, optimizer, settings)

        @tf.function
        def train_batch(chosen):
            part = tf.image.per_image_standardization(tf.gather(images, chosen))
            target = tf.gather(labels, chosen)
            loss, logits = train(augment(part, settings["augmentation"], size), target)
            return loss, tf.reduce_sum(tf.cast(tf.equal(tf.argmax(logits, 1, tf.int32), target), tf.float32))

        @tf.function
        def validate_batch(chosen):
            logits = model(tf.image.per_image_standardization(tf.gather(images, chosen)), training=False)
            return tf.reduce_sum(tf.cast(tf.equal(tf.argmax(logits, 1, tf.int32), tf.gather(labels, chosen)), tf.float32))

        accuracy, done, generator = 0.0, 0, np.random.default_rng(command["seed"])
        for _ in range(settings["epochs"]):
            order = generator.permutation(count).astype(np.int32)
            for start in range(0, count - batch + 1, batch):
                optimizer.learning_rate = learning_rate(settings, done, steps)
                if final < 1:
                    now.assign(float(done))
                loss, _ = train_batch(tf.constant(order[start : start + batch]))
                if not np.isfinite(loss.numpy()):
                    return {"reward": 0.0}
                done += 1
            part = command["evaluationBatch"]
            chosen = np.arange(count, count + held, dtype=np.int32)
            correct = sum(float(validate_batch(tf.constant(chosen[i : i + part]))) for i in range(0, held, part))
            accuracy = correct / held
        return {"reward": accuracy}


def augment(images, settings, size):
    count = tf.shape(images)[0]
    if settings["flip"]:
        mirrored = tf.random.uniform([count, 1, 1, 1]) < 0.5
        images = tf.where(mirrored, images[:, :, ::-1], images)
    padding = settings["cropPadding"]
    if padding:
        padded = tf.pad(images, [[0, 0], [padding, padding], [padding, padding], [0, 0]])
        top = tf.random.uniform([count, 1], 0, 2 * padding + 1, tf.int32) + tf.range(size)
        left = tf.random.uniform([count, 1], 0, 2 * padding + 1, tf.int32) + tf.range(size)
        images = tf.gather(tf.gather(padded, top, batch_dims=1), left, axis=2, batch_dims=1)
    return images


serve(KerasPeer())
