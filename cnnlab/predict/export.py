"""An evaluation as plain data, for ``--json`` and ``--output``."""

from dataclasses import asdict
from typing import Any

from cnnlab.files import plain
from cnnlab.predict.evaluation import Measured, RunEvaluation
from cnnlab.runs.summary import CONFIDENCE, SD_DEFINITION, Summary, summarize


def summaries(evaluation: RunEvaluation) -> dict[str, Summary]:
    """Mean and spread over the repeats of each figure; empty when the ensemble alone was measured."""
    names = dict.fromkeys(name for one in evaluation.repeats for name in one.figures)
    return {name: summarize((one.figures.get(name) for one in evaluation.repeats), name) for name in names}


def evaluation_to_json(evaluation: RunEvaluation) -> dict[str, Any]:
    """Everything that was measured, and on what; see `cnnlab.files.plain` for numbers that are not finite."""
    data, ensemble = evaluation.data, evaluation.ensemble
    return dict(
        plain(
            {
                "run": evaluation.run.resolve(),
                "name": evaluation.name,
                "split": evaluation.split,
                "images": evaluation.images,
                "evaluation": {"tta": evaluation.tta, "views": evaluation.views},
                "data": {**asdict(data), "same": data.same},
                "positive_class": evaluation.positive_class,
                "sd_definition": SD_DEFINITION,
                "confidence": CONFIDENCE,
                "repeats": [{"repeat": one.repeats[0], **_measured(one)} for one in evaluation.repeats],
                "summary": {name: asdict(summary) for name, summary in summaries(evaluation).items()},
                "ensemble": ensemble and {"repeats": ensemble.repeats, **_measured(ensemble)},
                "notes": evaluation.notes,
            }
        )
    )


def _measured(one: Measured) -> dict[str, Any]:
    return {"metrics": one.figures, "threshold": one.threshold and one.threshold.plain()}
