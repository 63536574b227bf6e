"""Every network built, and every augmentation tried, once before any training starts."""

import json
from pathlib import Path
from typing import Any

from cnnlab.config.identity import keys_with
from cnnlab.config.roles import Role
from cnnlab.config.schema import Config
from cnnlab.errors import CnnlabError, ConfigError, DataError, RepeatsFailed
from cnnlab.executors.base import Event, Listener
from cnnlab.experiments.plan import CellPlan, Plan

MOST_NAMED = 10

Prepared = dict[str, dict[str, Any]]
"""By the hash of each cell, what `cnnlab.training.prepare.prepare` returned for it or for one that is built alike."""


def try_out(plan: Plan, listen: Listener) -> Prepared:
    """Try out what is to be trained, things that are built alike once; warnings go to `listen`.

    Raises ConfigError, DataError or RepeatsFailed when a network cannot be built.
    """
    alike: dict[str, list[CellPlan]] = {}
    for cell in plan.cells:
        if cell.waiting:
            alike.setdefault(_what_is_tried(cell.config), []).append(cell)
    if not alike:
        return {}
    events: dict[Path, Event] = {}
    jobs = [plan.job(cells[0], None) for cells in alike.values()]

    def hear(event: Event) -> None:
        assert event.folder is not None  # executors mark every event
        events[event.folder] = event

    plan.workers(len(jobs))[1].run(jobs, hear)
    found = [(cells, events[cells[0].path]) for cells in alike.values()]
    _refuse_failed(plan, [(cells[0], event) for cells, event in found if event.kind == "failed"])
    prepared: Prepared = {}
    for cells, event in found:
        prepared |= {cell.entry.hash: event.content for cell in cells}
        for text in event.content["warnings"]:
            label = f"{cells[0].entry.label}: " if plan.is_sweep else ""
            listen(Event("warning", error=f"{label}{text}", folder=cells[0].path))
    return prepared


def refusal(event: Event, message: str) -> CnnlabError:
    """The error to raise, with `message`, for a job that failed with `event`."""
    kinds: dict[int | None, type[CnnlabError]] = {2: ConfigError, 5: DataError}
    return kinds.get(event.refused, RepeatsFailed)(message)


def shortened(texts: list[str]) -> list[str]:
    """The first of many texts, and how many more there are."""
    more = [f"and {len(texts) - MOST_NAMED} more"] if len(texts) > MOST_NAMED else []
    return [*texts[:MOST_NAMED], *more]


def _refuse_failed(plan: Plan, failed: list[tuple[CellPlan, Event]]) -> None:
    if not failed:
        return
    name, (_, first) = plan.experiment.config.name, failed[0]
    if not plan.is_sweep:
        raise refusal(first, f"{name}: {first.error}")
    texts = shortened([f"{cell.entry.label}: {event.error}" for cell, event in failed])
    raise refusal(first, "\n  ".join([f"{name}: no training was started, for of the cells", *texts]))


def _what_is_tried(config: Config) -> str:
    """What building and trying out depends on: not how it is trained then."""
    plain = keys_with(set(Role) - {Role.LABEL}, config)
    training = plain.pop("training")
    settings = [
        "backend",
        "metrics",
        "class_weights",
        "threads",
        "device",
        "devices",
        "precision",
        "deterministic",
    ]
    if config.training.devices > 1:  # which must share each batch evenly
        settings += ["batch_size", "steps_per_epoch"]
    return json.dumps([plain, [training[key] for key in settings]], sort_keys=True)
