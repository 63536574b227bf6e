"""Which image each row of a sample submission is about (``--like``)."""

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from cnnlab.errors import ConfigError, DataError, counted, first_few, shown
from cnnlab.predict.columns import Names, image_ids
from cnnlab.predict.sample import SHOWN, Sample

Keys = Sequence[str]
MOST_NAMED = 10  # ids without an image


def _kinds(index: Sequence[int], files: Names | None) -> dict[str, Keys]:
    """What an id of an image may be, from the likeliest to the last, with that of each image."""
    numbers: dict[str, Keys] = {
        "places counted from 0": [str(place) for place in index],
        "places counted from 1": [str(place + 1) for place in index],
    }
    if files is None:
        return numbers
    return {
        "file names without extension": list(map(str, image_ids(index, files))),
        "file names": [PurePath(name).name for name in files],
        "paths of files": files,
        **numbers,
    }


def row_order(sample: Sample, index: Sequence[int], files: Names | None) -> tuple[np.ndarray, list[str]]:
    """For each row of the sample the position of its image, int64 (rows,), and sentences on what was found.

    Raises DataError, naming them, where rows have no image: a page refuses a file without them.
    """
    kinds = _kinds(index, files)
    missing = {kind: _missing(sample.ids, set(keys)) for kind, keys in kinds.items()}
    kind = next((kind for kind, ids in missing.items() if not ids), None)
    if kind is None:
        first = min(list(kinds)[: -1 if files is None else -2], key=lambda kind: len(missing[kind]))
        raise DataError(_without_image(sample, missing[first], kinds[first]))
    positions = _positions(kinds[kind], sample.ids, files)
    notes = [f"{sample.path.name}: {counted(len(sample.ids), 'row')}, whose ids are {kind}."]
    left_out = sorted(set(range(len(index))) - set(positions.tolist()))
    if left_out:
        names = first_few([shown(kinds[kind][position]) for position in left_out[:10_000]], SHOWN)
        number = f"{counted(len(left_out), 'image')} {'is' if len(left_out) == 1 else 'are'}"
        notes.append(f"{number} not in {sample.path.name}, and left out: {names}.")
    return positions, notes


def _missing(wanted: Sequence[str], keys: set[str]) -> list[str]:
    return [one for one in wanted if one not in keys]


def _without_image(sample: Sample, ids: Sequence[str], keys: Keys) -> str:
    have = "has" if len(ids) == 1 else "have"
    called = ", ".join(map(shown, keys[:SHOWN]))
    return (
        f"--like: {len(ids):,} of the {counted(len(sample.ids), 'id')} of {sample.path} {have} no image: "
        f"{first_few(list(map(shown, ids)), MOST_NAMED)} (the images are called {called}). "
        "A page refuses a file without these rows, so none is written: add the images, or take the rows out."
    )


def _positions(keys: Keys, ids: Sequence[str], files: Names | None) -> np.ndarray:
    """The position of each id among the images' keys; raises ConfigError where two images share one."""
    place: dict[str, int] = {}
    wanted = set(ids)
    for position, key in enumerate(keys):
        if key in wanted and key in place and files is not None:
            pair = f"{shown(files[place[key]])} and {shown(files[position])}"
            raise ConfigError(
                f"--like: two images have the id '{shown(key)}': {pair}. Take one of them away."
            )
        place[key] = position
    return np.array([place[one] for one in ids], np.int64)
