"""A run's trained networks: which repeats have one, and opening them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnlab.augment.views import Views, view_set, views_misfit
from cnnlab.backends import active
from cnnlab.backends.base import Forward
from cnnlab.config.extensions import load_extension
from cnnlab.config.load import frozen
from cnnlab.config.sections import Evaluation
from cnnlab.config_errors import explain
from cnnlab.errors import ConfigError, RunError, shown
from cnnlab.positive_class import positive_class
from cnnlab.reading import mapping
from cnnlab.report.numbers import listed
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.machine import usable_cores
from cnnlab.runs.read import Run, load_run
from cnnlab.runs.run_data import RepeatResult
from cnnlab.training.framework import configure, without_chatter
from cnnlab.training.saved_model import UnreadableModel, open_saved_model

ENSEMBLE, ALL = "ensemble", "all"


@dataclass(frozen=True)
class TrainedRun:
    """A run with at least one finished repeat, and what its networks take and give."""

    run: Run
    image_shape: tuple[int, int, int]  # height, width, channels
    class_names: tuple[str, ...]

    @property
    def positive_class(self) -> str | None:
        """The name of the positive one of two classes; None for any other number."""
        return positive_class(self.class_names)

    @property
    def repeats(self) -> tuple[RepeatResult, ...]:
        return self.run.done

    def chosen(self, which: str) -> tuple[RepeatResult, ...]:
        """The repeats that ``--repeat`` names: a number, or all of them for "ensemble" and "all".

        Raises RunError for a repeat that is not finished, ConfigError for other text.
        """
        if which in (ENSEMBLE, ALL):
            return self.repeats
        if not (which.isascii() and which.isdigit()):
            raise ConfigError(f"--repeat expects a repeat's number, {ENSEMBLE} or {ALL}, got '{which}'.")
        found = tuple(repeat for repeat in self.repeats if str(repeat.k) == which)
        if not found:
            finished = listed([repeat.k for repeat in self.repeats])
            raise RunError(
                f"--repeat {which}: {self.run.path} has no such finished repeat; finished: {finished}."
            )
        return found

    def views(self, tta: str | None) -> tuple[str, Views]:
        """The view set called `tta`, by default that of the run's config, and its name.

        Raises ConfigError for an unknown one, and for one that does not suit the images.
        """
        item = _evaluation(self.run.setting("evaluation")).tta
        if tta not in (None, item.name):
            item = _evaluation({"tta": tta}).tta
        misfit = views_misfit(item.name, self.image_shape)
        if misfit is not None:
            raise ConfigError(f"--tta: {misfit}.")
        return item.name, view_set.get(item.name)(parameters=item.parameters)


def _evaluation(plain: Any) -> Evaluation:
    """The section of a config with this content; raises ConfigError where it has none."""
    content = mapping(plain)
    try:
        return Evaluation.model_validate(frozen(content))
    except ValidationError as error:
        found = explain(error.errors(include_url=False), content)
    problems = "; ".join(": ".join([*map(str, key[1:]), text]) for key, text in found)
    needs = " (a view set with parameters is named in a config)" if "required" in problems else ""
    name = mapping(content.get("tta")).get("name", content.get("tta"))
    raise ConfigError(f"--tta {shown(name)}: {problems}{needs}.")


def trained_run(path: Path) -> TrainedRun:
    """Read the run folder at `path`, and run the copies of its extension files that are in it.

    Raises RunError when no repeat is finished.
    """
    run = load_run(path)
    if not run.done:
        kind = "is a verify run" if run.kind == "verify" else f"is {run.status}"
        raise RunError(f"{run.path} {kind}, and no repeat of it is finished: there is no trained network.")
    shape, names = run.done[0].result.input.shape, run.done[0].result.class_names
    if shape is None or not names:
        raise RunError(f"{run.path}: result.json does not say what images the network takes; train it again.")
    for extension in sorted((run.path / "extensions").glob("*.py")):
        load_extension(extension, str(run.path))
    return TrainedRun(run, shape, names)


def open_network(trained: TrainedRun, repeat: RepeatResult) -> Any:
    """Open the saved model of a repeat, in Keras' safe mode: nothing in the file is run as Python.

    Raises RunError when Keras cannot open it.
    """
    path = RepeatFolder(repeat.path, repeat.k).model_path
    if not path.is_file():
        raise RunError(f"There is no model {path}: it was deleted, or never copied here.")
    try:
        model = open_saved_model(path)
    except UnreadableModel as error:
        raise RunError(f"{path} cannot be opened as a Keras model: {error}.") from error
    expected = (None, *trained.image_shape), (None, len(trained.class_names))
    shapes = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
    if shapes != expected:
        raise RunError(
            f"{path} maps {shapes[0]} to {shapes[1]}, but result.json says {expected[0]} to "
            f"{expected[1]}: it is another run's model."
        )
    return model


def open_forward(trained: TrainedRun, repeat: RepeatResult, views: Views) -> Forward:
    """The forward pass of a repeat's saved model, as `views` want it."""
    return views.forward(open_network(trained, repeat), active().forward)


def prepare_framework() -> None:
    """Set this process up for inference: all cores, a GPU where there is one."""
    with without_chatter():
        configure(threads=usable_cores(), device="auto", precision="float32", deterministic=False)
