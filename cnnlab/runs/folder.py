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
    """Where the files of one repeat lie: ``repeats/<k>/``."""

    def __init__(self, path: Path, k: int) -> None:
        """Stand for the folder of repeat `k` at `path`, which need not exist yet."""
        self.path = path
        self.k = k

    def make(self) -> "RepeatFolder":
        """Make the folder unless it is there, and return self; raises RunError when the disk refuses."""
        make_folder(self.path, parents=True)
        return self

    @property
    def metrics_path(self) -> Path:
        """One row per epoch."""
        return self.path / "metrics.csv"

    @property
    def inputs_path(self) -> Path:
        """The hash of each epoch's batches."""
        return self.path / "inputs.csv"

    @property
    def result_path(self) -> Path:
        """Final metrics, seeds, sizes."""
        return self.path / "result.json"

    @property
    def model_path(self) -> Path:
        """The trained model, for plain Keras."""
        return self.path / "model.keras"

    @property
    def predictions_path(self) -> Path:
        """Per image: split, index, label, probabilities."""
        return self.path / "predictions.npz"

    @property
    def mistakes_path(self) -> Path:
        """The most confident mistakes, as a picture."""
        return self.path / "mistakes.png"

    @property
    def log_path(self) -> Path:
        """What the worker printed."""
        return self.path / "log.txt"

    @property
    def checkpoint_path(self) -> Path:
        """A folder, only while the repeat is unfinished."""
        return self.path / "checkpoint"

    def member(self, number: int) -> "RepeatFolder":
        """Where the curves of an ensemble's further members lie: ``members/<number>/``, from 1."""
        return RepeatFolder(self.path / "members" / str(number), self.k)


class RunFolder:
    """Where the files of one run lie."""

    def __init__(self, path: str | Path) -> None:
        """Stand for the run folder at `path`, which need not exist."""
        self.path = Path(path)

    @classmethod
    def create(
        cls, runs_dir: str | Path, name: str, run_hash: str, now: datetime | None = None
    ) -> "RunFolder":
        """Make a new ``<runs_dir>/<YYYYmmdd-HHMMSS>_<slug of name>_<8 hex digits of run_hash>``.

        `now` is local time. Of several starts in one second the later ones get -2, -3, ... at the end. Makes
        `runs_dir` when it is missing. Raises RunError when it cannot be written to or is no directory.
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

    @property
    def status(self) -> StatusFile:
        """Reads and writes status.json."""
        return StatusFile(self.path / "status.json")

    @property
    def config_path(self) -> Path:
        """The resolved config: running it again gives the same run."""
        return self.path / "config.yaml"

    @property
    def environment_path(self) -> Path:
        """Versions, machine, command line, git commit, data."""
        return self.path / "environment.json"

    @property
    def changes_path(self) -> Path:
        """Uncommitted changes, if any."""
        return self.path / "changes.diff"

    @property
    def augmentation_path(self) -> Path:
        """What the augmentation does to real training images."""
        return self.path / "augmentation.png"

    @property
    def summary_json_path(self) -> Path:
        """Per split and metric: n, mean, sd, interval, all values."""
        return self.path / "summary.json"

    @property
    def summary_csv_path(self) -> Path:
        """The same as a table."""
        return self.path / "summary.csv"

    @property
    def verify_path(self) -> Path:
        """What a verify run found."""
        return self.path / "verify.json"

    @property
    def plots_path(self) -> Path:
        """The folder of the plots."""
        return self.path / "plots"

    @property
    def repeats_path(self) -> Path:
        """The folder of the repeats' folders."""
        return self.path / "repeats"

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
        reason = f"{obstacle} is no directory"
    return (
        f"Cannot make a run folder in {directory}: {reason}. "
        "Name another place with --runs-dir DIR or $CNNLAB_RUNS."
    )
