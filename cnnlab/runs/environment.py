"""environment.json: with what, on what and from which source a run was made."""

from pydantic import Field, JsonValue

from cnnlab.runs.record import Count, Flag, Record, RepeatNumber

COMPUTING_PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy")
"""Those whose version may change the last bits of a number."""


class DataRecord(Record):
    """The data that were really used. notes are sentences that every report on them must carry.

    bundled_for: the data set in whose place the bundled one stands.
    """

    dataset: str | None = None
    title: str | None = None
    source: str | None = None
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    bundled_for: str | None = None

    @property
    def name(self) -> str:
        """What tables and plots call the data."""
        return self.title or self.dataset or "data unknown"


class MachineRecord(Record):
    """Processor, usable cores, memory, graphics cards; see `cnnlab.runs.machine`."""

    cpu: str | None = None
    cores: dict[str, Count | float | None] = Field({})
    memory_bytes: dict[str, Count | None] = Field({})
    gpus: tuple[dict[str, str], ...] = ()


class GitState(Record):
    """Which commit the working directory was at; None where git, or a repository, is missing.

    dirty: whether tracked files are changed. untracked: the number of other files.
    """

    commit: str | None = None
    branch: str | None = None
    dirty: Flag | None = None
    untracked: Count | None = None


class LayoutRecord(Record):
    """Where the repeats ran, how many side by side, and each with how many threads."""

    executor: str | None = None
    jobs: Count | None = None
    threads: Count | None = None
    device: str | None = None


class UsedWeights(Record):
    """The saved model whose weights a verify run took."""

    path: str | None = None
    sha256: str | None = None


class Resumption(Record):
    """When, by which command and where a run was resumed, and with which versions."""

    time: str | None = None
    command: str | None = None
    host: str | None = None
    packages: dict[str, str] = Field({})


class Environment(Record):
    """The content of environment.json.

    packages: versions by name. variables: those that change what libraries do. keras_json: Keras' own settings file.
    run_hash, experiment_hash: see `cnnlab.config.identity`. extensions, judged_files: hashes by path. repeats: those
    that were asked for.
    """

    cnnlab: str | None = None
    python: str | None = None
    platform: str | None = None
    host: str | None = None
    packages: dict[str, str] = Field({})
    machine: MachineRecord = MachineRecord()
    variables: dict[str, str] = Field({})
    keras_json: JsonValue = None
    command: str | None = None
    argv: tuple[str, ...] = ()
    executable: str | None = None
    git: GitState = GitState()
    run_hash: str | None = None
    experiment_hash: str | None = None
    data: DataRecord = DataRecord()
    extensions: dict[str, str | None] = Field({})
    data_dir: str | None = None
    repeats: tuple[RepeatNumber, ...] = ()
    layout: LayoutRecord = LayoutRecord()
    weights: UsedWeights | None = None
    judged_files: dict[str, str | None] = Field({})
    resumed: tuple[Resumption, ...] = ()
