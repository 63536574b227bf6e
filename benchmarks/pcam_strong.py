"""At equal training time, does configs/pcam/strong.yaml beat the lab's network of 2025 on synthetic patches?

Run:     python benchmarks/pcam_strong.py            (half an hour on 2 cores)

First both configs train two epochs; the second one's time says how many epochs of either fit into the seconds that
a repeat is given. Then both train all repeats with the same seeds, on the same patches. Printed are the epochs, what
the training of a repeat took, and `cnnlab report --compare`: the differences with their 95 % interval.
"""

import subprocess
import tempfile

from alternating import CNNLAB, ROOT, options

import cnnlab

SIDES = {"lab2025": "lab2025_resnet.yaml", "strong": "strong.yaml"}


def train(name, epochs, repeats, chosen, runs):
    """One run of a config on synthetic patches."""
    sizes = (("train", chosen.patches), ("validation", 1000), ("test", chosen.test))
    changes = ["data.dataset=pcam_synthetic", *(f"data.{part}_images={n}" for part, n in sizes)]
    changes += [f"training.epochs={epochs}", f"name={name}", *chosen.set]
    path = ROOT / "configs" / "pcam" / SIDES[name]
    return cnnlab.train(path, overrides=changes, repeats=repeats, seed=chosen.seed, runs_dir=runs, quiet=True)


def seconds_an_epoch(name, chosen):
    """The time of the second of two epochs, of two repeats side by side the longer."""
    with tempfile.TemporaryDirectory() as runs:
        run = train(name, 2, 2, chosen, runs)
        return max(repeat.history["seconds"][1] for repeat in run.repeats)


def main():
    """Train and print."""
    parser = options(__doc__, rounds=5)
    parser.add_argument("--seconds", type=float, default=240, help="training time of a repeat, default 240")
    parser.add_argument("--patches", type=int, default=6000, help="patches to train on, default 6000")
    parser.add_argument("--test", type=int, default=4000, help="patches to test on, default 4000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for both configs")
    parser.add_argument("--runs-dir", default="runs/pcam_strong")
    chosen = parser.parse_args()
    runs = []
    for name in SIDES:
        epochs = max(1, int(chosen.seconds / seconds_an_epoch(name, chosen)))
        run = train(name, epochs, chosen.rounds, chosen, chosen.runs_dir)
        seconds = [repeat.result.seconds["training"] for repeat in run.repeats]
        print(
            f"{name}: {epochs} epochs, {sum(seconds) / len(seconds):.0f} s of training a repeat", flush=True
        )
        runs.append(str(run.path))
    subprocess.run([*CNNLAB, "report", "--compare", *runs], check=True)


if __name__ == "__main__":
    main()
