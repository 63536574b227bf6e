"""Keras on TensorFlow. The other backends use parts of it too, since batches come from `tf.data` everywhere."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, final

import numpy as np

from cnnlab.backends.base import (
    PROBABILITIES,
    Array,
    Backend,
    Forward,
    Loop,
    StepMetrics,
    gpu_number,
    step_by_step,
    step_metrics,
)


@final
class TensorFlow(Backend):
    """Compiled loops over many steps; gradients by a GradientTape."""

    name = "tensorflow"
    forks = True
    layer_dtype = "float64"

    def __init__(self) -> None:
        self._strategy: Any = None

    def prepare(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> None:
        """Nothing beyond what every process sets."""

    def configure(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> str:
        import tensorflow as tf

        set_threads(threads)
        # TensorFlow's remapper fuses convolution, addition and LeakyReLU into one operation that ignores the slope
        # (oneDNN on, TensorFlow 2.21: outputs of a residual block were off by 0.3). A test shows that it is needed.
        tf.config.optimizer.set_experimental_options({"remapping": False})
        gpus = tf.config.list_physical_devices("GPU")
        number = gpu_number(device, len(gpus), "TensorFlow", devices)
        used = [] if number is None else gpus[number : number + devices]
        tf.config.set_visible_devices(used, "GPU")
        for gpu in used:
            tf.config.experimental.set_memory_growth(gpu, True)
        if deterministic:
            tf.config.experimental.enable_op_determinism()
        if full_precision:
            tf.config.experimental.enable_tensor_float_32_execution(False)
        if devices == 1:
            return "CPU" if number is None else f"GPU:{number}"
        kind = "CPU" if number is None else "GPU"
        if number is None:
            logical = [tf.config.LogicalDeviceConfiguration()] * devices
            tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], logical)
        self._strategy = tf.distribute.MirroredStrategy([f"{kind}:{k}" for k in range(devices)])
        return f"{devices} x {kind}"

    def scope(self) -> AbstractContextManager[Any]:
        """The scope of a MirroredStrategy, where there are several devices."""
        return nullcontext() if self._strategy is None else self._strategy.scope()

    def compiled(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """See `Backend`."""
        import tensorflow as tf

        return tf.function(function, reduce_retracing=True, autograph=False)

    def forward(self, model: Any) -> Forward:
        import tensorflow as tf

        compiled = tf.function(lambda x: model(x, training=False), reduce_retracing=True, autograph=False)

        def forward(images: Array) -> Array:
            pixels = tf.cast(tf.constant(np.ascontiguousarray(images)), tf.float32)
            return tf.cast(compiled(pixels), tf.float32).numpy()

        return forward

    def training_loop(self, part: Any, *, keep: bool = False) -> Loop:
        return _loop(part, part.train_step, keep=keep)

    def test_loop(self, part: Any) -> Loop:
        return _loop(part, part.test_step, keep=True)

    def gradients(
        self, call: Any, inputs: Sequence[Array], upstream: Sequence[Array], variables: Sequence[Any]
    ) -> tuple[list[Array], list[Array], list[Array]]:
        """Record the call on a tape and ask for all gradients at once."""
        import tensorflow as tf

        tensors = [tf.convert_to_tensor(x) for x in inputs]
        watched = [variable.value for variable in variables]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            outputs = call(tensors)
        gradients = tape.gradient(
            outputs,
            [*tensors, *watched],
            output_gradients=[tf.convert_to_tensor(u) for u in upstream],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        arrays = [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients]
        return [y.numpy() for y in outputs], arrays[: len(tensors)], arrays[len(tensors) :]


def set_threads(threads: int) -> None:
    """Bound TensorFlow's threads in this process."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def for_batches_alone(threads: int) -> None:
    """Set TensorFlow up in a process whose network runs on another backend: on the CPU, as everywhere else."""
    import tensorflow as tf

    set_threads(threads)
    tf.config.set_visible_devices([], "GPU")


def _loop(part: Any, step: Callable[[Any], Any], *, keep: bool) -> Loop:
    """Compile the loop over Keras' own `step`, and all that stands before and behind it, into one graph.

    One call costs less than 1 ms, a variable read or reset from outside 0.1 to 0.3. The number of steps is a tensor,
    so one trace serves all. With `keep` the loop returns the probabilities.
    """
    import tensorflow as tf

    if part.distribute_strategy.num_replicas_in_sync > 1:
        return _shared(part, step, keep=keep)
    one_step = tf.function(step, reduce_retracing=True, autograph=False, jit_compile=part.jit_compile)

    @tf.function(reduce_retracing=True, autograph=False)
    def steps(batches: Any, count: Any, begin: Any) -> tuple[dict[str, Any], list[Any]]:
        tf.cond(begin, part.reset_metrics, lambda: None)
        kept = _repeated(part, lambda: one_step(next(batches))[PROBABILITIES], count, keep=keep)
        return part.metrics_now(), kept

    def loop(batches: Any, count: int, begin: bool = False) -> StepMetrics:
        return step_metrics(*steps(batches, tf.constant(count), tf.constant(begin)))

    return loop


def _repeated(part: Any, one_step: Callable[[], Any], count: Any, *, keep: bool) -> list[Any]:
    """Within a graph: call `one_step` so often; with `keep` returns its results in one tensor, else nothing."""
    import tensorflow as tf

    shape = (None, *part.output_shape[1:])
    kept = [tf.TensorArray(tf.float32, count, infer_shape=False, element_shape=shape)] if keep else []

    def body(done: Any, kept: list[Any]) -> Any:
        probabilities = one_step()
        return done + 1, [each.write(done, probabilities) for each in kept]

    _, kept = tf.while_loop(lambda done, _: done < count, body, [tf.constant(0), kept])
    return [each.concat() for each in kept]


def _shared(part: Any, step: Callable[[Any], Any], *, keep: bool) -> Loop:
    """The loop in which every replica takes each n-th image of a batch, from its own number on.

    Metrics are reset and read outside of the graph, where those of all replicas are one.
    """
    import tensorflow as tf

    strategy = part.distribute_strategy
    replicas = strategy.num_replicas_in_sync

    def on_replica(batch: Any) -> Any:
        own = tf.distribute.get_replica_context().replica_id_in_sync_group
        return step(tuple(array[own::replicas] for array in batch))[PROBABILITIES]

    def one_step(batches: Any) -> Any:
        batch = next(batches)
        shares = strategy.experimental_local_results(strategy.run(on_replica, args=(batch,)))
        places = [tf.range(own, tf.shape(batch[0])[0], replicas) for own in range(replicas)]
        return tf.dynamic_stitch(places, shares)

    @tf.function(reduce_retracing=True, autograph=False)
    def steps(batches: Any, count: Any) -> Any:
        return _repeated(part, lambda: one_step(batches), count, keep=keep)

    return step_by_step(part, lambda batches, count: steps(batches, tf.constant(count)))
