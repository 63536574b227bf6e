"""The folder of a comparison of backends: ordinary run folders in ``runs/``, and what was measured beside them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cnnlab.files import atomic_path, make_folder, require_no_links, write_json
from cnnlab.reading import read_arrays
from cnnlab.runs.record import Count, Figures, Number, Record, read_record

if TYPE_CHECKING:
    import numpy as np


class ComparisonRecord(Record):
    """What is compared: the hash of the config, so that another comparison is not mixed into its folder."""

    identity: str | None = None
    name: str | None = None


class FirstStepFigures(Record):
    """What one backend makes of the first batch of repeat 0. seconds: framework, first_step."""

    device: str | None = None
    loss: Number = None
    weights_sha256: str | None = None
    batch_crc32: str | None = None
    images: Count | None = None
    seconds: Figures = Field({})


@dataclass(frozen=True)
class FirstStep:
    """The figures, and the arrays: `probabilities`, and each variable's gradient by its name."""

    figures: FirstStepFigures = field(default_factory=FirstStepFigures)
    arrays: "dict[str, np.ndarray]" = field(default_factory=dict)


class ComparisonFolder:
    """Where the files of one comparison lie."""

    def __init__(self, path: str | Path) -> None:
        """Stand for the folder at `path`, which need not exist yet."""
        self.path = path = Path(path)
        self.runs_path = path / "runs"  # a runs directory: one run folder for each backend
        self.about_path = path / "about.json"  # what is compared
        self.result_path = path / "comparison.json"  # everything that was found out, for programs

    def first_step_path(self, backend: str, suffix: str = "json") -> Path:
        """What one backend makes of the first batch: figures as JSON, arrays as .npz."""
        return self.path / "first_step" / f"{backend}.{suffix}"

    def begin(self, about: ComparisonRecord) -> None:
        """Make the folder, unless it is there; raises RunError when the disk refuses, or it holds links."""
        make_folder(self.path, parents=True)
        require_no_links(self.path)
        write_json(self.about_path, about)

    def read_about(self) -> ComparisonRecord:
        """Return what is compared in this folder; nothing known of it where it is new or damaged."""
        return read_record(ComparisonRecord, self.about_path, []) or ComparisonRecord()

    def write_first_step(
        self, backend: str, figures: dict[str, Any], arrays: "dict[str, np.ndarray]"
    ) -> None:
        """Keep what `cnnlab.experiments.first_step` found; raises RunError when the disk refuses."""
        import numpy as np

        make_folder(self.first_step_path(backend).parent, parents=True)
        with atomic_path(self.first_step_path(backend, "npz")) as path:
            np.savez(path, **arrays)  # type: ignore[arg-type]
        write_json(self.first_step_path(backend), FirstStepFigures.model_validate(figures))

    def read_first_step(self, backend: str) -> FirstStep | None:
        """Return a backend's first step; None without figures or arrays."""
        figures = read_record(FirstStepFigures, self.first_step_path(backend), [])
        arrays = read_arrays(self.first_step_path(backend, "npz"))
        return FirstStep(figures, arrays) if figures is not None and arrays else None
