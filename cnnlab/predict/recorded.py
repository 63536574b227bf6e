"""A run's own data once more: loaded as recorded, compared with what was recorded, split as for training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.config.load import check, document_of
from cnnlab.config.schema import Config
from cnnlab.datasets import Dataset, IndexedSplit
from cnnlab.datasets.splits import within_budget
from cnnlab.errors import ConfigError, DataError, RunError
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import Run
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.inputs import drawn_splits
from cnnlab.training.prepare import load_data


@dataclass(frozen=True)
class DataUsed:
    """Which data were measured on, and the SHA-256 of those that the run was trained on.

    outside: the folder or file of images that are not the run's own.
    """

    dataset: str
    title: str
    sha256: str
    recorded_sha256: str | None
    outside: str | None = None

    @property
    def same(self) -> bool:
        """Whether these are the very data of the run."""
        return self.sha256 == self.recorded_sha256


@dataclass(frozen=True)
class RecordedData:
    """The data that a run was trained on, or what now stands in their place; `split` is the part that counts."""

    config: Config
    dataset: Dataset
    used: DataUsed
    split: str

    @property
    def noun(self) -> str:
        """What one of the images is called."""
        return f"{SPLIT_NAMES[self.split]} image"

    @property
    def changed(self) -> str | None:
        """A sentence that must stand beside figures on these data where they are not the run's; None where they are."""
        used = self.used
        if used.same:
            return None
        before = f"{used.recorded_sha256[:8]}..." if used.recorded_sha256 else "not recorded"
        return (
            f"The data are not those that the run was trained on: their SHA-256 is {used.sha256[:8]}..., that of the "
            f"run's {before}."
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that must stand beside figures on these data."""
        return (*filter(None, [self.changed]), *self.dataset.notes)

    def drawn(self) -> bool:
        """Whether each repeat drew its own images from the training part."""
        return self.split == "train" or (self.split == "validation" and self.dataset.validation is None)

    def parts(self, repeat: RepeatResult) -> tuple[IndexedSplit, ...]:
        """The images as `repeat` had them, in one part.

        Raises RunError where there are none, or when result.json lacks the seed.
        """
        if repeat.seed is None:
            raise RunError(f"{repeat.path}: result.json does not hold the repeat's seed.")
        part = drawn_splits(self.config, self.dataset, repeat.seed).present().get(self.split)
        if part is None:
            raise RunError(f"'{self.dataset.name}' has no {self.noun}s in this run.")
        return (within_budget({self.split: part}, self.config.data.memory_budget)[self.split],)


def recorded_data(run: Run, data_dir: Path | None, split: str) -> RecordedData:
    """Load the data that `run` was trained on, from `data_dir`, from where they lay, or wherever they lie now.

    Raises DataError when they are missing, or when they are not the recorded ones and `split` is drawn from the
    training part: the images to be measured on could then be among those trained on.
    """
    config = recorded_config(run)
    before = None if run.environment.data_dir is None else Path(run.environment.data_dir)
    if data_dir is None and before is not None and before.exists():
        data_dir = before
    dataset = load_data(config, data_dir)
    used = DataUsed(dataset.name, dataset.title, dataset.sha256, run.data.sha256)
    found = RecordedData(config, dataset, used, split)
    if found.changed and found.drawn():
        raise DataError(
            f"{found.changed} Its {found.noun}s were drawn from them and cannot be found again: name "
            "the folder of the original files with --data-dir."
        )
    return found


def recorded_config(run: Run) -> Any:
    """The run's config, with the copies of its extension files in the run folder in place of the originals."""
    path = RunFolder(run.path).config_path
    if not run.config:
        raise RunError(f"{path} is missing or damaged.")
    plain = dict(run.config)
    names = plain.get("extensions")
    if isinstance(names, list):
        plain["extensions"] = [
            str(run.path.resolve() / "extensions" / Path(str(name)).name) for name in names
        ]
    try:
        return check(document_of(plain, path))
    except ConfigError as error:
        raise RunError(f"The run's config does not suit this version of cnnlab: {error}") from error
