"""Keras on PyTorch."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, final

import numpy as np

from cnnlab.backends.base import PROBABILITIES, Array, Backend, Forward, Loop, gpu_number, step_by_step
from cnnlab.backends.tensorflow import for_batches_alone


@final
class Torch(Backend):
    """Step by step, as PyTorch works; gradients by its autograd."""

    name = "torch"
    forks = True
    layer_dtype = "float32"

    def prepare(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> None:
        """Bound OpenMP's threads, and let Keras take the device that `configure` chooses."""
        os.environ["OMP_NUM_THREADS"] = str(threads)
        if deterministic:
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        if device == "cpu":
            os.environ["KERAS_TORCH_DEVICE"] = "cpu"

    def configure(
        self, *, threads: int, device: str, deterministic: bool, full_precision: bool, devices: int
    ) -> str:
        import torch

        for_batches_alone(threads)
        torch.set_num_threads(threads)
        number = gpu_number(device, torch.cuda.device_count(), "PyTorch")
        if number is not None:
            torch.cuda.set_device(number)
        torch.use_deterministic_algorithms(deterministic)
        if full_precision:
            torch.backends.cuda.matmul.allow_tf32 = False
            torch.backends.cudnn.allow_tf32 = False
        return "CPU" if number is None else f"GPU:{number}"

    def forward(self, model: Any) -> Forward:
        import torch

        def forward(images: Array) -> Array:
            with torch.no_grad():
                return _array(model(_tensor(images.astype(np.float32)), training=False).float())

        return forward

    def training_loop(self, part: Any, *, keep: bool = False) -> Loop:
        def steps(batches: Any, count: int) -> list[Any]:
            kept = []
            for _ in range(count):
                probabilities = part.train_step(_batch(batches))[PROBABILITIES]
                kept += [probabilities.detach()] if keep else []
            return kept

        return step_by_step(part, steps)

    def test_loop(self, part: Any) -> Loop:
        import torch

        def steps(batches: Any, count: int) -> list[Any]:
            with torch.no_grad():
                return [part.test_step(_batch(batches))[PROBABILITIES] for _ in range(count)]

        return step_by_step(part, steps)

    def random_state(self) -> dict[str, Array]:
        """See `Backend`: Keras' dropout, where its layer has no seed of its own, draws from PyTorch's generators."""
        import torch

        state = {"cpu": torch.get_rng_state()}
        if _device().type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state(_device())
        return {name: tensor.numpy() for name, tensor in state.items()}

    def restore_random_state(self, state: Mapping[str, Array]) -> None:
        import torch

        if "cpu" in state:
            torch.set_rng_state(torch.from_numpy(state["cpu"]))
        if "cuda" in state and _device().type == "cuda":
            torch.cuda.set_rng_state(torch.from_numpy(state["cuda"]), _device())

    def gradients(
        self, call: Any, inputs: Sequence[Array], upstream: Sequence[Array], variables: Sequence[Any]
    ) -> tuple[list[Array], list[Array], list[Array]]:
        """Give autograd the upstream gradients of all outputs that depend on anything."""
        import torch

        tensors = [_tensor(x).requires_grad_() for x in inputs]
        outputs = call(tensors)
        sources = [*tensors, *(variable.value for variable in variables)]
        pairs = [(y, _tensor(u)) for y, u in zip(outputs, upstream, strict=True) if y.requires_grad]
        found = torch.autograd.grad(
            [y for y, _ in pairs], sources, grad_outputs=[u for _, u in pairs], allow_unused=True
        )
        arrays = [
            _array(torch.zeros_like(source) if gradient is None else gradient)
            for source, gradient in zip(sources, found, strict=True)
        ]
        return [_array(y) for y in outputs], arrays[: len(tensors)], arrays[len(tensors) :]


def _batch(batches: Any) -> tuple[Any, ...]:
    """The next batch of an iterator, as tensors."""
    return tuple(_tensor(part) for part in next(batches))


def _tensor(values: Any) -> Any:
    """A tensor of its own on the device that Keras uses, from a NumPy array or a TensorFlow tensor."""
    import torch

    return torch.from_numpy(np.array(values)).to(_device(), non_blocking=True)


@cache
def _device() -> Any:
    """The device that Keras uses; `configure` has chosen it before the first tensor."""
    import keras

    return keras.ops.convert_to_tensor(0.0).device


def _array(tensor: Any) -> Array:
    return tensor.detach().cpu().numpy()
