"""What each ingredient of a config brings: the config, and the config without one ingredient at a time.

    python benchmarks/ablation.py configs/mnist128/strong.yaml --repeats 5 --data-dir DIR

Each variant is trained by `cnnlab train` with the same seeds, hence on the same images. A row tells its mean test
accuracy, and its change: the mean of the paired differences with their 95 % interval, from Student's t. Finished
variants are not trained again: the run folders lie in --runs-dir, one directory for each variant.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from cnnlab.report.statistics import paired, summarize

VARIANTS: dict[str, list[str]] = {
    "as it is": [],
    "no deskewing": ["preprocess=[]"],
    "no augmentation": ["augment=[]"],
    "no elastic field": ["augment.1={random_elastic: {displacement: 0}}"],
    "no stroke width": ["augment.2={random_stroke_width: {factor: 0}}"],
    "affine map half as strong": [
        "augment.0={random_affine: {rotation_degrees: 10, log_scale: 0.1, log_anisotropy: 0.075, shear: 0.15, "
        "translation: 0.06}}"
    ],
    "constant learning rate": ["training.schedule=constant", "training.optimizer.learning_rate=0.001"],
    "no label smoothing": ["training.label_smoothing=0"],
    "no weight decay": ["training.optimizer.weight_decay=0"],
    "weight decay on all weights": ["training.optimizer.weight_decay_on=all"],
    "no dropout": ["model.6.dropout.rate=0"],
    "half the steps": ["training.steps=500"],
}


def trained(config: Path, name: str, overrides: list[str], options: argparse.Namespace) -> list[float]:
    """Test accuracies of a variant, in percent, one per repeat."""
    runs_dir = options.runs_dir / name.replace(" ", "-")
    finished = sorted(runs_dir.glob("*/summary.json"))
    if not finished:
        command = [
            sys.executable,
            "-m",
            "cnnlab",
            "train",
            "-c",
            str(config),
            "--runs-dir",
            str(runs_dir),
            "-q",
        ]
        command += ["--repeats", str(options.repeats), "--seed", str(options.seed)]
        command += [] if options.data_dir is None else ["--data-dir", str(options.data_dir)]
        command += [word for override in [*overrides, *options.set] for word in ("--set", override)]
        subprocess.run(command, check=True)
        finished = sorted(runs_dir.glob("*/summary.json"))
    results = finished[-1].parent.glob("repeats/*/result.json")
    found = {int(path.parent.name): json.loads(path.read_text()) for path in results}
    return [100 * found[k]["metrics"]["test"]["accuracy"] for k in sorted(found)]


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
    names = options.only or list(VARIANTS)
    baseline = trained(options.config, "as it is", [], options)
    print(f"| variant | n | test accuracy, % | sd | change | 95 % interval |\n|{'---|' * 6}", flush=True)
    for name in names:
        values = baseline if name == "as it is" else trained(options.config, name, VARIANTS[name], options)
        whole, against = summarize(values), paired(values, baseline)
        row = f"| {name} | {whole.n} | {whole.mean:.2f} | {'-' if whole.sd is None else f'{whole.sd:.2f}'} |"
        if against is None or against.test is None:
            print(f"{row} - | - |", flush=True)
            continue
        low, high = against.test.ci95
        print(f"{row} {against.mean:+.2f} | {low:+.2f} to {high:+.2f} |", flush=True)


if __name__ == "__main__":
    main()
