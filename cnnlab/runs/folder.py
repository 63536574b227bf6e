"""A run's folder and its repeats' folders: how they are called and where each file lies."""

import re
import unicodedata
from datetime import datetime
from pathlib import Path

from cnnlab.errors import RunError
from cnnlab.files import make_folder
from cnnlab.runs.record import is_repeat_number
from cnnlab.runs.status import StatusFile

NAME_PATTERN = re.compile(
    r"(?P<stamp>\d{8}-\d{6})_(?P<name>.+)_(?P<hash>[0-9a-f]{8})(?:-(?P<number>\d+))?", re.DOTALL
)
LONGEST_SLUG = 80  # characters; a folder name may have 255 bytes
MOST_STARTS_PER_SECOND = 10_000


class RepeatFolder:
    """Where the files of one repeat lie: ``repeats/<k>/``, which need not exist yet."""

    def __init__(self, path: Path, k: int) -> None:
        """Stand for the folder of repeat `k` at `path`."""
        self.path = path
        self.k = k
        self.metrics_path = path / "metrics.csv"  # one row per epoch
        self.learning_rates_path = path / "learning_rates.csv"  # over the steps, where a schedule changes it
        self.inputs_path = path / "inputs.csv"  # the hash of each epoch's batches
        self.result_path = path / "result.json"  # final metrics, seeds, sizes: `cnnlab.runs.result.Result`
        self.model_path = path / "model.keras"  # the trained model, for plain Keras
        self.predictions_path = path / "predictions.npz"  # per image: split, index, label, probabilities
        self.mistakes_path = path / "mistakes.png"  # the most confident mistakes
        self.explanation_path = path / "explanation.json"  # `cnnlab.runs.explanation.Explanation`
        self.explanation_maps_path = (
            path / "explanation.npz"
        )  # images, and maps of what their classes rest on
        self.log_path = path / "log.txt"  # what the worker printed
        self.checkpoint_path = path / "checkpoint"  # a folder, only while the repeat is unfinished

    def make(self) -> "RepeatFolder":
        """Make the folder unless it is there, and return self; raises RunError when the disk refuses."""
        make_folder(self.path, parents=True)
        return self

    def member(self, number: int) -> "RepeatFolder":
        """Where the curves of an ensemble's further members lie: ``members/<number>/``, from 1."""
        return RepeatFolder(self.path / "members" / str(number), self.k)


class RunFolder:
    """Where the files of one run lie; the folder need not exist."""

    def __init__(self, path: str | Path) -> None:
        """Stand for the run folder at `path`."""
        self.path = path = Path(path)
        self.status = StatusFile(path / "status.json")
        self.config_path = path / "config.yaml"  # the resolved config: running it again gives the same run
        self.environment_path = path / "environment.json"  # `cnnlab.runs.environment.Environment`
        self.audit_path = path / "audit.json"  # what was found in the images: `cnnlab.runs.audit.AuditFile`
        self.changes_path = path / "changes.diff"  # uncommitted changes, if any
        self.augmentation_path = path / "augmentation.png"  # what the augmentation does to training images
        self.summary_json_path = path / "summary.json"  # `cnnlab.runs.summary.RunSummary`
        self.summary_csv_path = path / "summary.csv"  # the same as a table
        self.verify_path = path / "verify.json"  # what a verify run found
        self.judgement_path = path / "judgement.json"  # what a judge run found
        self.plots_path = path / "plots"
        self.repeats_path = path / "repeats"

    @classmethod
    def create(
        cls, runs_dir: str | Path, name: str, run_hash: str, now: datetime | None = None
    ) -> "RunFolder":
        """Make a new ``<runs_dir>/<YYYYmmdd-HHMMSS>_<slug of name>_<8 hex digits of run_hash>``.

        `now` is local time. Of several starts in one second the later ones get -2, -3, ... at the end. Makes
        `runs_dir` when it is missing. Raises RunError when it cannot be written to or is not a directory.
        """
        if not re.fullmatch(r"[0-9a-f]{8,}", run_hash):
            raise ValueError(f"run_hash: expected at least 8 hex digits, received {run_hash!r}")
        directory = Path(runs_dir)
        stem = f"{(now or datetime.now()):%Y%m%d-%H%M%S}_{slug(name)}_{run_hash[:8]}"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            return cls(_make_new(directory, stem))
        except OSError as error:
            raise RunError(_cannot_create(directory, error)) from error

    @property
    def name(self) -> str:
        """The run's name out of the folder's name; the whole folder name when it was renamed."""
        match = NAME_PATTERN.fullmatch(self.path.name)
        return match["name"] if match else self.path.name

    def repeat(self, k: int) -> RepeatFolder:
        """Return the folder of repeat `k`; call `make` on it before writing."""
        return RepeatFolder(self.repeats_path / str(int(k)), int(k))

    def repeat_folders(self) -> list[RepeatFolder]:
        """Return the repeat folders that exist, in order of k; none where the run vanishes in this moment."""
        try:
            found = list(self.repeats_path.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        numbers = {int(p.name) for p in found if is_repeat_number(p.name)}
        return [self.repeat(k) for k in sorted(numbers) if self.repeat(k).path.is_dir()]


def slug(name: str) -> str:
    """Return `name` in ASCII letters, digits, ``.``, ``_`` and ``-``: one harmless part of a path.

    Accents are dropped, anything else becomes a hyphen; never empty and never beginning with a dot.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    harmless = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_name).strip("-._")
    return harmless[:LONGEST_SLUG].rstrip("-._") or "run"


def _make_new(directory: Path, stem: str) -> Path:
    """Make `stem`, or `stem`-2, -3, ...: the first that nobody has, also when others try at the same time."""
    for number in range(1, MOST_STARTS_PER_SECOND):
        path = directory / (stem if number == 1 else f"{stem}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{stem} and every numbered name after it are taken")


def _cannot_create(directory: Path, error: OSError) -> str:
    obstacle = next((p for p in (directory, *directory.parents) if p.exists() or p.is_symlink()), directory)
    reason = error.strerror or str(error)
    if not obstacle.is_dir():
        reason = f"{obstacle} is not a directory"
    return (
        f"Cannot make a run folder in {directory}: {reason}. "
        "Name another place with --runs-dir DIR or $CNNLAB_RUNS."
    )
