"""Train a small network on so many devices, whole and with interruptions: python -m tests.training.on_devices ...

The network computes in float64. In float32 the rounding of one step grows forty-fold over four epochs, by an amount
that depends on the processor; in float64 what is left of it is far below any real difference.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnlab.backends import choose
from cnnlab.config.load import check, document_of
from cnnlab.config.schema import Config
from cnnlab.config.source import read_document
from cnnlab.datasets import Dataset
from cnnlab.runs.folder import RepeatFolder, RunFolder
from cnnlab.training import fitting, repeat
from cnnlab.training.fitting import Hooks
from cnnlab.training.framework import configure
from cnnlab.training.prepare import load_data
from cnnlab.training.repeat import train_one
from cnnlab.training.rules import Stopped

# Not Adam: behind a bias that batch normalization cancels, it makes whole steps of rounding errors.
CONFIG = """\
name: shared
seed: 3
data: {dataset: mnist10k, train_size: 104, limit_per_split: 107}
augment:
  - random_rotation: {factor: 0.05}
model:
  - conv_block: {convs: 1, filters: 4, batch_norm: true}
  - flatten
  - dense_block: {units: 8, l2: 0.01}
  - classifier
training:
  {epochs: 4, batch_size: 16, threads: 1, validation_every: 2, class_weights: balanced, logit_adjustment: 0.5,
   optimizer: {name: sgd, learning_rate: 0.05}}
"""


def main(backend: str, devices: int, folder: Path) -> None:
    """Print the curves and the device as JSON; of several, whether one that is stopped again and again ends alike."""
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG)
    plain = read_document(folder / "config.yaml").value
    plain["training"] |= {"backend": backend, "devices": devices}
    config = check(document_of(plain, folder / "config.yaml"))
    choose(backend)
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    device = configure(threads=1, device="cpu", precision="float32", deterministic=False, devices=devices)
    repeat.build_network = in_float64(repeat.build_network)  # type: ignore[assignment]
    fitting.compile_network = in_float64(fitting.compile_network)  # type: ignore[assignment]
    data = load_data(config, None)
    rows: list[dict[str, Any]] = []
    whole = RunFolder(folder / "whole").repeat(0).make()
    result = train_one(config, 0, whole, data, device=device, hooks=Hooks(report=rows.append))

    told: dict[str, Any] = {"device": device, "rows": rows, "metrics": result.metrics}
    if devices > 1:  # that one device resumes exactly has tests of its own
        broken = RunFolder(folder / "broken").repeat(0).make()
        told["stops"] = train_with_stops(config, broken, data, device)
        same = whole.predictions_path.read_bytes() == broken.predictions_path.read_bytes()
        curves = [_without_time(repeat.metrics_path) for repeat in (whole, broken)]
        told["same"] = same and curves[0] == curves[1]
    print(json.dumps(told))


def train_with_stops(config: Config, folder: RepeatFolder, data: Dataset, device: str) -> int:
    """Train, stopping within an epoch and at its end, later each time; returns how often."""
    stops = 0
    while True:
        left = 6 + 5 * stops  # looks until the next stop

        def stop() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Stopped

        try:
            train_one(config, 0, folder, data, device=device, hooks=Hooks(check=stop))
            return stops
        except Stopped:
            stops += 1


def in_float64(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make`, where the layers, losses, metrics and optimizers that it makes compute in float64."""
    import keras

    def set_dtype(dtype: str) -> None:
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)

    def made(*words: Any, **named: Any) -> Any:
        set_dtype("float64")
        try:
            return make(*words, **named)
        finally:
            set_dtype("float32")  # batches are augmented in it

    return made


def _without_time(path: Path) -> list[str]:
    return [",".join(line.split(",")[:1] + line.split(",")[2:]) for line in path.read_text().splitlines()]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
