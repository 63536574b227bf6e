"""Keras on JAX."""

import os
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from cnnlab.backends.base import PROBABILITIES, Array, Backend, Forward, Loop, gpu_number, step_by_step
from cnnlab.backends.tensorflow import for_batches_alone

TRAINED = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")
TESTED = ("trainable_variables", "non_trainable_variables", "metrics_variables")


@final
class Jax(Backend):
    """Steps compiled by XLA; gradients by `jax.vjp`."""

    name = "jax"
    forks = False  # its threads start at the first array, and Keras makes one when it is imported
    layer_dtype = "float32"

    def prepare(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> None:
        """Bound XLA's threads on the CPU; take the GPU's memory as it is needed."""
        os.environ["NPROC"] = os.environ["PJRT_NPROC"] = str(threads)
        os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
        flags = os.environ.get("XLA_FLAGS", "").split()
        if devices > 1:
            flags.append(f"--xla_force_host_platform_device_count={devices}")
        if threads == 1:
            flags.append("--xla_cpu_multi_thread_eigen=false")
        if deterministic:
            flags.append("--xla_gpu_deterministic_ops=true")
        os.environ["XLA_FLAGS"] = " ".join(dict.fromkeys(flags))
        if device == "cpu":
            os.environ["JAX_PLATFORMS"] = "cpu"

    def configure(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> str:
        import jax
        import keras

        for_batches_alone(threads)
        gpus = [found for found in jax.devices() if found.platform == "gpu"]
        number = gpu_number(device, len(gpus), "JAX", devices)
        jax.config.update("jax_default_device", jax.devices("cpu")[0] if number is None else gpus[number])
        if full_precision:
            jax.config.update("jax_default_matmul_precision", "highest")
        if devices == 1:
            return "CPU" if number is None else f"GPU:{number}"
        used = jax.devices("cpu")[:devices] if number is None else gpus[number : number + devices]
        names = [f"{'cpu' if number is None else 'gpu'}:{one.id}" for one in used]
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names))
        return f"{devices} x {'CPU' if number is None else 'GPU'}"

    def compiled(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """See `Backend`."""
        import jax

        return jax.jit(function)

    def forward(self, model: Any) -> Forward:
        import jax

        variables = (
            [v.value for v in model.trainable_variables],
            [v.value for v in model.non_trainable_variables],
        )

        @jax.jit
        def compiled(images: Any) -> Any:
            outputs, _ = model.stateless_call(*variables, images.astype("float32"), training=False)
            return outputs.astype("float32")

        return lambda images: np.asarray(compiled(images))

    def training_loop(self, part: Any, *, keep: bool = False) -> Loop:
        return _loop(part, part.train_step, TRAINED, keep=keep)

    def test_loop(self, part: Any) -> Loop:
        return _loop(part, part.test_step, TESTED, keep=True)

    def gradients(
        self, call: Any, inputs: Sequence[Array], upstream: Sequence[Array], variables: Sequence[Any]
    ) -> tuple[list[Array], list[Array], list[Array]]:
        """Make the call a pure function of inputs and variables, and pull the upstream gradients back."""
        import jax
        import keras

        def pure(tensors: Any, values: Any) -> Any:
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return call(tensors)

        tensors = [jax.numpy.asarray(x) for x in inputs]
        outputs, pull_back = jax.vjp(pure, tensors, [variable.value for variable in variables])
        of_inputs, of_variables = pull_back([jax.numpy.asarray(u) for u in upstream])
        call(tensors)  # once more: moving averages change here, as on the other backends
        return (
            [np.asarray(y) for y in outputs],
            [np.asarray(g) for g in of_inputs],
            [np.asarray(g) for g in of_variables],
        )


def _loop(part: Any, step: Callable[..., Any], kinds: tuple[str, ...], *, keep: bool) -> Loop:
    """Take the variables out of the model, run compiled steps from state to state, and put them back.

    With `keep` the loop returns the probabilities.
    """
    import jax

    def one_step(state: Any, batch: Any) -> Any:
        metrics, state = step(state, batch)
        return [metrics[PROBABILITIES]] if keep else [], state

    compiled = jax.jit(one_step, donate_argnums=0)

    def steps(batches: Any, count: int) -> list[Any]:
        probabilities = []
        held = [_variables(part, kind) for kind in kinds]
        # copies, since their memory is given to the first step
        state = tuple([jax.numpy.array(variable.value) for variable in group] for group in held)
        for _ in range(count):
            batch, state = compiled(state, tuple(_shared(np.asarray(array)) for array in next(batches)))
            probabilities += batch
        for group, values in zip(held, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return probabilities

    return step_by_step(part, steps)


def _shared(array: Array) -> Any:
    """A part of a batch, spread over the devices where there are several and they can share it evenly."""
    import keras

    distribution = keras.distribution.distribution()
    if distribution is None or len(array) % distribution.num_model_replicas:
        return array
    return keras.distribution.distribute_tensor(array, distribution.get_data_layout(array.shape))


def _variables(part: Any, kind: str) -> list[Any]:
    return list(part.optimizer.variables if kind == "optimizer_variables" else getattr(part, kind))
