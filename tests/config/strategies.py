"""Valid configs, drawn from the registries' own schemas. What has a rule of its own is drawn by that rule."""

import types
import typing
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cnnlab.augment import augmentation
from cnnlab.augment.photometric import odd
from cnnlab.blocks import block
from cnnlab.loggers import logger
from cnnlab.optimizers import optimizer
from cnnlab.parameters import Monitor
from cnnlab.preprocess import preprocessing
from cnnlab.registry import Entry, Registry

MONITORS = ("val_loss", "val_cross_entropy", "val_accuracy")
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
LOSSES = st.floats(0, 10) | st.lists(st.floats(0, 10), max_size=4)
SHARES = st.floats(0, 1) | st.lists(st.floats(0, 1), max_size=4)


def values(hint: Any, limits: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """YAML values that a field with the annotation `hint`, within `limits`, must accept."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if any(getattr(limit, "func", None) is odd for limit in limits):
        return st.integers(0, 400).map(lambda n: 2 * n + 1)
    if hint == Monitor:
        return st.sampled_from(MONITORS)
    if origin is typing.Annotated:
        metadata = [
            m for part in arguments[1:] for m in (part.metadata if isinstance(part, FieldInfo) else [part])
        ]
        drawn = values(arguments[0], (*limits, *metadata))
        return drawn.map(ordered)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([values(each, limits) for each in arguments])
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(values, arguments)).map(list)
    if hint is type(None):
        return st.none()
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(int(bound(limits, Ge, -1000)), int(bound(limits, Le, 1000)))
    if hint is float:
        return floats(limits)
    if hint is str:
        return NAMES
    if hint is Path:
        return NAMES.map(lambda name: f"folder/{name.replace('/', '_')}")
    raise NotImplementedError(f"no strategy for {hint}")


def floats(limits: tuple[Any, ...]) -> st.SearchStrategy[float]:
    low, high = bound(limits, Ge, None), bound(limits, Le, None)
    above, below = bound(limits, Gt, None), bound(limits, Lt, None)
    return st.floats(
        min_value=low if low is not None else above if above is not None else -1e6,
        max_value=high if high is not None else below if below is not None else 1e6,
        exclude_min=above is not None,
        exclude_max=below is not None,
    )


def bound(limits: tuple[Any, ...], kind: type, otherwise: Any) -> Any:
    names = {Ge: "ge", Gt: "gt", Le: "le", Lt: "lt"}
    return next((getattr(limit, names[kind]) for limit in limits if isinstance(limit, kind)), otherwise)


def ordered(value: Any) -> Any:
    """A pair as [low, high], with low below high."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(x, int | float) for x in value):
        low, high = sorted(value)
        return [low, high] if low < high else [low, low] if low != high else value
    return value


def parameters(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters of a registry entry: the required ones, and any of the others."""
    required, optional = {}, {}
    for name, field in model.model_fields.items():
        drawn = values(field.annotation, tuple(field.metadata)).map(ordered)
        (required if field.is_required() else optional)[name] = drawn
    return st.fixed_dictionaries(required, optional=optional)


def fits(entry: Entry, given: dict[str, Any]) -> bool:
    """Whether parameters that are each valid are so together; a pair of range's ends must differ."""
    span = given.get("value_range")
    if span is not None and not span[0] < span[1]:
        return False
    return entry.check is None or entry.check(entry.parameters.model_validate(frozen(given))) is None


def frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: frozen(entry) for key, entry in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def items(registry: Registry, names: list[str]) -> st.SearchStrategy[Any]:
    """Items of a list, as YAML has them."""

    def item(name: str) -> st.SearchStrategy[Any]:
        entry = registry.get(name)
        drawn = parameters(entry.parameters).filter(lambda given: fits(entry, given))
        return drawn.map(lambda given: {name: given} if given else name)

    return st.sampled_from(names).flatmap(item)


def optimizers() -> st.SearchStrategy[Any]:
    def choice(name: str) -> st.SearchStrategy[Any]:
        entry = optimizer.get(name)
        drawn = parameters(entry.parameters).filter(lambda given: fits(entry, given))
        return drawn.map(lambda given: {"name": name, **given})

    return st.sampled_from(optimizer.names()).flatmap(choice)


SCHEDULES = st.one_of(
    st.just("constant"),
    st.just("cosine"),
    st.fixed_dictionaries({"name": st.just("cosine"), "warmup": st.floats(0, 1)}),
    st.fixed_dictionaries({"name": st.just("one_cycle"), "end": st.floats(0, 1)}),
    st.fixed_dictionaries({"name": st.just("step"), "every_epochs": st.integers(1, 100)}),
    st.fixed_dictionaries({"name": st.just("reduce_on_plateau"), "monitor": st.sampled_from(MONITORS)}),
)
TRAINING = st.fixed_dictionaries(
    {},
    optional={
        "epochs": st.integers(1, 1000),
        "batch_size": st.integers(1, 1000),
        "optimizer": optimizers(),
        "schedule": SCHEDULES,
        "steps_per_epoch": st.none() | st.integers(1, 1000),
        "class_weights": st.sampled_from([None, "balanced"]),
        "label_smoothing": st.floats(0, 1, exclude_max=True),
        "logit_adjustment": st.floats(0, 10),
        "metrics": st.lists(st.sampled_from(["accuracy", "auc", "precision", "recall"]), unique=True),
        "validation_every": st.integers(1, 100),
        "early_stopping": st.none() | st.fixed_dictionaries({"monitor": st.sampled_from(MONITORS)}),
        "restore_best": st.none() | st.sampled_from(MONITORS),
        "weight_averaging": st.none() | st.fixed_dictionaries({"momentum": st.floats(0, 0.999)}),
        "precision": st.sampled_from(["float32", "mixed_float16", "mixed_bfloat16"]),
        "device": st.sampled_from(["auto", "cpu", "gpu", "gpu:0", "gpu:12"]),
        "threads": st.integers(1, 1000) | st.just("auto"),
        "deterministic": st.booleans(),
        "checkpoint_every": st.fixed_dictionaries({"seconds": st.floats(0.1, 1e6)})
        | st.fixed_dictionaries({"epochs": st.integers(1, 100)}),
    },
)  # fmt: skip
TRAINING_BY_STEPS = st.fixed_dictionaries(
    {"steps": st.integers(1, 1000)}, optional={"batch_size": st.integers(1, 64)}
)
COMMON_DATA = {
    "train_size": st.none() | st.integers(1, 10_000),
    "validation_fraction": st.floats(0.01, 0.9),
    "stratified": st.booleans(),
    "group_blocks": st.none() | st.integers(1, 1000),
    "scale": st.sampled_from([[0, 1], [-1, 1], [0.0, 255.0], [-0.5, 0.5]]),
    "standardize": st.booleans(),
    "limit_per_split": st.none() | st.integers(1, 1000),
    "audit": st.booleans(),
    "memory_budget": st.floats(0, 1e6) | st.sampled_from([0, 500, "2 GB", "1.5gib", "800 MB"]),
}
DATA = st.one_of(
    st.fixed_dictionaries({"dataset": st.sampled_from(["mnist", "mnist10k"])}, optional=COMMON_DATA),
    st.fixed_dictionaries({"dataset": st.just("npz"), "path": st.just("a.npz")}, optional=COMMON_DATA),
    st.fixed_dictionaries(
        {"dataset": st.just("folder"), "path": st.just("a"), "image_size": st.just([8, 9])},
        optional=COMMON_DATA,
    ),
)
GREY = sorted(set(augmentation) - {"random_hue", "random_saturation", "random_color_jitter", "random_stain"})
CONFIGS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "data": DATA,
        "model": st.lists(items(block, block.names()), max_size=4).map(
            lambda blocks: [*blocks, "classifier"]
        ),
    },
    optional={
        "seed": st.integers(0, 2**63 - 1),
        "repeats": st.integers(1, 10_000),
        "preprocess": st.lists(items(preprocessing, preprocessing.names()), max_size=2),
        "augment": st.lists(items(augmentation, GREY), max_size=3),
        "augmentation_check": st.sampled_from(["error", "warn", "off"]),
        "training": TRAINING | TRAINING_BY_STEPS,
        "evaluation": st.fixed_dictionaries({}, optional={"tta": st.sampled_from(["none", "flips"])}),
        "logging": st.lists(items(logger, logger.names()), max_size=2),
        "resources": st.fixed_dictionaries(
            {},
            optional={
                "cpus": st.none() | st.floats(0.1, 64),
                "gpus": st.floats(0, 8),
                "memory": st.just("2 GB"),
            },
        ),
        "published": st.fixed_dictionaries(
            {"source": NAMES, "dataset": NAMES}, optional={"test_accuracy": SHARES, "train_loss": LOSSES}
        ),
    },
)
"""Whole configs as plain data."""
