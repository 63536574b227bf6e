"""Is `cnnlab train` faster than a notebook at the lab's 128 images, and how much memory does it take?

Run:     python benchmarks/mnist128.py 2025           (short form: one repeat, about a tenth of the epochs)
         python benchmarks/mnist128.py 2025 --full    (all 5 repeats and epochs, once: a quarter of an hour and more)

Both sides run the whole recipe as a command of its own, start-up included, in turn: `cnnlab train` with its config,
and the loop over `fit` in benchmarks/baselines. Both validate 6,000 images every 10 epochs. Ratios are the notebook's
over cnnlab's for times, cnnlab's over the notebook's for memory. The full form reports the accuracies too.
"""

import json
import sys
import tempfile

from alternating import CNNLAB, ROOT, alternate, finish, measure, mnist, options, ratio, table

SETTINGS = {"2025": (5, 350), "2024": (5, 110)}  # repeats, epochs
SHORT = {
    "2025": (1, 40),
    "2024": (1, 10),
}  # whole tens: cnnlab validates after the last epoch, too, the notebook not


def sides(recipe, path, folder, repeats, epochs):
    """The two commands."""
    config = ROOT / "configs" / "mnist128" / f"lab{recipe}.yaml"
    data = (
        ["--data-dir", str(path.parent)]
        if path.name == "mnist.npz"
        else ["--set", "data.dataset=npz", "--set", f"data.path={path}"]
    )
    ours = [*CNNLAB, "train", "--config", str(config), "--runs-dir", folder, "--json", *data]
    ours += ["--repeats", str(repeats), "--set", f"training.epochs={epochs}"]
    theirs = [sys.executable, str(ROOT / "benchmarks" / "baselines" / f"mnist128_{recipe}.py"), str(path)]
    return {"notebook": [*theirs, str(repeats), str(epochs)], "cnnlab": ours}


def main():
    """Measure and print."""
    parser = options(__doc__, rounds=2)
    parser.add_argument("recipe", choices=SETTINGS)
    parser.add_argument("--full", action="store_true", help="all repeats and epochs")
    parser.add_argument("--repeats", type=int, help="repeats of each side; default 1, with --full 5")
    parser.add_argument("--epochs", type=int, help="epochs of each side; default 40 or 10, with --full all")
    parser.add_argument("--data-dir", help="where mnist.npz lies; default $CNNLAB_DATA, else Keras' own")
    chosen = parser.parse_args()
    repeats, epochs = (SETTINGS if chosen.full else SHORT)[chosen.recipe]
    repeats, epochs = chosen.repeats or repeats, chosen.epochs or epochs
    with tempfile.TemporaryDirectory() as folder:
        path = mnist(folder, chosen.data_dir)
        commands = sides(chosen.recipe, path, f"{folder}/runs", repeats, epochs)
        results = alternate(
            {name: lambda c=command: measure(c, memory=True) for name, command in commands.items()},
            1 if chosen.full else chosen.rounds,
        )
    print(f"mnist128 {chosen.recipe}: {repeats} repeats, {epochs} epochs, start-up included")
    ratios = {}
    for label, key, unit in (
        ("wall", "seconds", "s"),
        ("cpu", "cpu_seconds", "s"),
        ("memory", "megabytes", "MB"),
    ):
        rows = {f"{name}, {label}": [getattr(m, key) for m in results[name]] for name in commands}
        table(rows, unit=unit)
        order = ("cnnlab", "notebook") if label == "memory" else ("notebook", "cnnlab")
        ratios[label] = ratio(rows, *(f"{name}, {label}" for name in order))
        print(f"  ratio {ratios[label]:.2f}")
    if chosen.full:
        print(f"  accuracy: notebook {results['notebook'][0].value('ACCURACY'):.4f}")
        print(f"  cnnlab: {json.loads(results['cnnlab'][0].output.splitlines()[-1])}")
    finish(ratios)


if __name__ == "__main__":
    main()
