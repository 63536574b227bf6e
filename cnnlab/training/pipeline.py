"""Batches: which images, in which order, how augmented. Pure functions of seed, epoch and position.

The images stay uint8 until they are needed, or are float32 where they were preprocessed. Each epoch's order is a
fresh permutation; the images are gathered, scaled and augmented in chunks of many batches (one call of each
augmentation layer for the whole chunk), while the network trains on the chunk before.

AutoGraph is kept out: there is nothing to convert, and to find that takes 0.3 s of every process that trains.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.augment.augmenter import Augmenter
from cnnlab.datasets import Split
from cnnlab.items import Item
from cnnlab.training.averaging import BATCH_SIZE
from cnnlab.training.seeds import augmentation_states, epoch_order

CHUNK_IMAGES = 512
TENSOR_BYTES = 1 << 26


@dataclass(frozen=True)
class BatchPlan:
    """Everything that decides a repeat's batches."""

    batch_size: int
    seed: int
    epochs: int
    num_classes: int
    scale: tuple[float, float]
    augment: tuple[Item, ...]
    threads: int
    steps_per_epoch: int | None = None
    class_weights: tuple[float, ...] | None = None

    def steps(self, images: int) -> int:
        """Batches of an epoch; the last may be smaller, none is dropped."""
        return self.steps_per_epoch or math.ceil(images / self.batch_size)

    def images(self, images: int) -> int:
        """Images of an epoch: each of them once, unless the steps of an epoch are given."""
        return images if self.steps_per_epoch is None else self.steps_per_epoch * self.batch_size

    def chosen(self, images: int, epoch: int, start: int, stop: int) -> np.ndarray:
        """Which images stand at the positions `start` to `stop` of an epoch: int64 (stop - start,).

        Pass after pass goes through all images, each in a fresh order; where the steps of an epoch are given, a
        pass may end within an epoch, and within a batch.
        """
        passes, places = np.divmod(epoch * self.images(images) + np.arange(start, stop), images)
        parts = [epoch_order(self.seed, int(p), images)[places[passes == p]] for p in np.unique(passes)]
        return np.concatenate(parts)


def training_batches(
    split: Split, plan: BatchPlan, first_step: int = 0, watch: Callable[..., None] | None = None
) -> Any:
    """Return a tf.data.Dataset of (images, one-hot labels), from step `first_step` of the whole training on.

    images: float32 (batch, height, width, channels) within `plan.scale`; labels: float32 (batch, classes). With
    `plan.class_weights` the weight of each image comes third: float32 (batch,). `watch` gets each chunk, in
    the pipeline's thread: its epoch, its place in it, and the arrays that are cut into batches.
    """
    import tensorflow as tf

    gather, labels = gatherer(split.images), tf.constant(split.labels)
    augmenter = Augmenter(plan.augment, plan.scale)
    size, batch = plan.images(len(split)), plan.batch_size
    chunk = batch * max(1, min(plan.steps(len(split)), CHUNK_IMAGES // batch))
    weights = None if plan.class_weights is None else tf.constant(plan.class_weights, tf.float32)

    def order_and_states(epoch: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = plan.chosen(len(split), int(epoch), int(start), min(int(start) + chunk, size))
        return order, augmentation_states(plan.seed, int(epoch), int(start) // chunk, augmenter.generators)

    @tf.autograph.experimental.do_not_convert
    def prepare(epoch: Any, start: Any) -> Any:
        order, states = tf.numpy_function(
            order_and_states, [epoch, start], [tf.int64, tf.uint32], stateful=False
        )
        order.set_shape([None])
        states.set_shape([augmenter.generators, 2])
        images, classes = scaled(gather(order), plan.scale), tf.gather(labels, order)
        targets = tf.one_hot(classes, plan.num_classes)
        weighted = () if weights is None else (tf.gather(weights, classes),)
        made = (augmenter(images, states), targets, *weighted)
        if watch is not None:
            tf.numpy_function(watch, [epoch, start, *made], [])
        return made

    @tf.autograph.experimental.do_not_convert
    def batches(*parts: Any) -> Any:
        starts = tf.data.Dataset.range(0, tf.shape(parts[1], tf.int64)[0], batch)
        return starts.map(lambda s: tuple(part[s : s + batch] for part in parts))

    first_epoch, skipped = divmod(first_step, plan.steps(len(split)))
    first_chunk, skipped = divmod(skipped, chunk // batch)  # chunks left out, then batches of the next one

    @tf.autograph.experimental.do_not_convert
    def chunks(epoch: Any) -> Any:
        first = tf.where(epoch == first_epoch, np.int64(first_chunk * chunk), np.int64(0))
        return tf.data.Dataset.range(first, size, chunk).map(lambda start: (epoch, start))

    dataset = tf.data.Dataset.range(first_epoch, plan.epochs).flat_map(chunks).map(prepare).prefetch(2)
    dataset = dataset.flat_map(batches).skip(skipped).prefetch(4)
    return dataset.with_options(_options(plan.threads))


def evaluation_batches(split: Split, *, num_classes: int, scale: tuple[float, float], threads: int) -> Any:
    """Return a tf.data.Dataset of (images, one-hot labels) in the split's own order, without augmentation."""
    import tensorflow as tf

    size = len(split)
    gather, labels = gatherer(split.images), tf.constant(split.labels)

    @tf.autograph.experimental.do_not_convert
    def batch(start: Any) -> Any:
        images = scaled(gather(tf.range(start, tf.minimum(start + BATCH_SIZE, size))), scale)
        return images, tf.one_hot(labels[start : start + BATCH_SIZE], num_classes)

    starts = tf.data.Dataset.range(0, size, BATCH_SIZE)
    return starts.map(batch).prefetch(2).with_options(_options(threads))


def gatherer(images: Any) -> Callable[[Any], Any]:
    """Return a function from positions, int64 (k,), to the images there, for use within tf.data.

    Few images become a tensor; many stay where they are, in an array or a file, since a tensor would be a copy.
    """
    import tensorflow as tf

    if isinstance(images, np.ndarray) and images.nbytes <= TENSOR_BYTES:
        pixels = tf.constant(images)
        return lambda positions: tf.gather(pixels, positions)

    def gather(positions: Any) -> Any:
        dtype = tf.as_dtype(images.dtype)
        found = tf.numpy_function(lambda p: images[p], [positions], dtype, stateful=False)
        return tf.ensure_shape(found, [None, *images.shape[1:]])

    return gather


def scaled(pixels: Any, scale: tuple[float, float]) -> Any:
    """Map pixels 0 to 255 to float32 in `scale`, with the same arithmetic as the saved model's layer."""
    import tensorflow as tf

    low, high = scale
    return tf.cast(pixels, tf.float32) * ((high - low) / 255.0) + low


def _options(threads: int) -> Any:
    import tensorflow as tf

    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    options.threading.private_threadpool_size = threads
    options.threading.max_intra_op_parallelism = 1
    return options
