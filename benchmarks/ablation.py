"""What each ingredient of a config brings: the config, and the config without one ingredient at a time.

    python benchmarks/ablation.py configs/mnist128/strong.yaml --repeats 5 --data-dir DIR

A sweep that ablates: every variant is trained with the same seeds, hence on the same images. A row shows its mean
test accuracy, and its change: the mean of the paired differences with their 95 % interval, from Student's t. Finished
trainings are not repeated: the sweep lies in --runs-dir, and `cnnlab report SWEEP --ablation` shows it with p values
corrected for the number of comparisons.
"""

import argparse
from pathlib import Path

import yaml

import cnnlab
from cnnlab.report.sweep.collect import collect_sweep

VARIANTS = {
    "no deskewing": {"preprocess": []},
    "no augmentation": {"augment": []},
    "no elastic field": {"augment.1": {"random_elastic": {"displacement": 0}}},
    "no stroke width": {"augment.2": {"random_stroke_width": {"factor": 0}}},
    "affine map half as strong": {
        "augment.0": {
            "random_affine": {
                "rotation_degrees": 10,
                "log_scale": 0.1,
                "log_anisotropy": 0.075,
                "shear": 0.15,
                "translation": 0.06,
            }
        }
    },
    "constant learning rate": {
        "training.schedule": "constant",
        "training.optimizer.learning_rate": 0.001,
    },
    "no label smoothing": {"training.label_smoothing": 0},
    "no logit adjustment": {"training.logit_adjustment": 0},
    "no weight decay": {"training.optimizer.weight_decay": 0},
    "weight decay on all weights": {"training.optimizer.weight_decay_on": "all"},
    "no dropout": {"model.6.dropout.rate": 0},
    "half the steps": {"training.steps": 1000},
}


def swept(options: argparse.Namespace) -> Path:
    """Train what is missing; returns the sweep's folder."""
    config = yaml.safe_load(options.config.read_text()) | {"name": "ablation"}
    names = options.only or list(VARIANTS)
    config["sweep"] = {"ablate": {name: VARIANTS[name] for name in names}}
    runs = cnnlab.sweep(
        config,
        overrides=options.set,
        repeats=options.repeats,
        seed=options.seed,
        data_dir=options.data_dir,
        runs_dir=options.runs_dir,
    )
    return runs[0].path.parent


def main() -> None:
    """Train what is missing, and print the table as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--runs-dir", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for every variant")
    parser.add_argument("--only", action="append", choices=VARIANTS, help="these variants; default: all")
    options = parser.parse_args()
    report = collect_sweep(swept(options))
    print(f"| variant | n | test accuracy, % | sd | change | 95 % interval |\n|{'---|' * 6}")
    for cell in report.cells:
        whole, contrast = cell.summaries[report.headline], cell.contrast
        row = f"| {cell.label} | {whole.n} | {100 * whole.mean:.2f} | "
        row += f"{'-' if whole.sd is None else f'{100 * whole.sd:.2f}'} |"
        if contrast is None or contrast.test is None:
            print(f"{row} - | - |")
            continue
        low, high = contrast.test.ci95
        print(f"{row} {100 * contrast.difference:+.2f} | {100 * low:+.2f} to {100 * high:+.2f} |")


if __name__ == "__main__":
    main()
