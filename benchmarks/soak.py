"""Claim: a run of hundreds of repeats uses no more memory, files and time per repeat at its end than at its start.

    python benchmarks/soak.py                 200 tiny repeats in one call: about 10 minutes on 2 cores
    python benchmarks/soak.py --repeats 40    a quick look
    python benchmarks/soak.py --plot FILE     draws the three curves

Starts `cnnlab train` and watches it from outside, twice a second: the memory and the open files of the parent
process, the processor time of its workers (other work on the machine hardly shows in that), and when each repeat's
result.json appears. Prints each curve as the medians of its ten parts, with the slope per 100 repeats of a straight
line through all but the first of them (least squares). Exits with 1 unless memory grows by less than 5 MiB per 100
repeats, files by less than 1, and time per repeat by less than a quarter.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

CONFIG = """\
name: soak
data: {dataset: mnist10k, train_size: 64, limit_per_split: 64}
augment: [{random_rotation: {factor: 0.05}}]
model: [{conv_block: {convs: 1, filters: 4}}, flatten, classifier]
training: {epochs: 2, batch_size: 32, threads: 1}
"""
SECONDS_BETWEEN_LOOKS = 0.5
MEBIBYTE = 1 << 20
ALLOWED = {"memory": 5.0, "files": 1.0}  # MiB and open files per 100 repeats
ALLOWED_SLOWDOWN = 0.25  # of the mean time of a repeat, per 100 repeats


def watch(repeats: int, jobs: int, folder: Path) -> dict[str, np.ndarray]:
    """Run the training; returns the curves as arrays (n, 2) of repeats done and value."""
    (folder / "soak.yaml").write_text(CONFIG)
    command = ["train", "-c", folder / "soak.yaml", "--repeats", repeats, "--jobs", jobs, "--quiet"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnlab", *map(str, command), "--runs-dir", str(folder / "runs")]
    )
    parent = psutil.Process(process.pid)
    looks: list[
        tuple[float, ...]
    ] = []  # seconds since 1970, MiB, open files, processor seconds of the workers
    worked: dict[int, float] = {}
    while process.poll() is None:
        try:
            for child in parent.children(recursive=True):
                worked[child.pid] = max(worked.get(child.pid, 0.0), processor_seconds(child))
            memory = parent.memory_info().rss / MEBIBYTE
            looks.append((time.time(), memory, parent.num_fds(), sum(worked.values())))
        except psutil.NoSuchProcess:
            break
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if process.wait() != 0:
        sys.exit(f"cnnlab train ended with exit code {process.returncode}.")
    ended = np.sort([p.stat().st_mtime for p in folder.glob("runs/*/repeats/*/result.json")])
    at, memory, files, work = np.array(looks).T
    during = (at > ended[0]) & (
        at < ended[-1]
    )  # before, modules are being imported; after, pictures are drawn
    print(f"peak memory of the parent while it drew {repeats} pictures afterwards: {memory.max():.0f} MiB")
    done = np.searchsorted(ended, at[during])
    return {
        "memory": np.stack([done, memory[during]], axis=1),
        "files": np.stack([done, files[during]], axis=1),
        "seconds": np.stack([np.arange(1, len(ended)), np.diff(np.interp(ended, at, work))], axis=1),
    }


def processor_seconds(process: psutil.Process) -> float:
    """User and system time so far; zero for a process that has just gone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def slope(curve: np.ndarray) -> float:
    """Growth per 100 repeats over all but the first tenth, by least squares through the tenths' medians."""
    values = tenths(curve)[1:]
    repeats_per_tenth = (curve[:, 0].max() + 1) / 10
    return float(100 / repeats_per_tenth * np.polyfit(np.arange(len(values)), values, 1)[0])


def tenths(curve: np.ndarray) -> list[float]:
    """The curve's median in each tenth of the repeats."""
    part = np.minimum(10 * curve[:, 0] // (curve[:, 0].max() + 1), 9)
    return [float(np.median(curve[part == k, 1])) for k in range(10) if (part == k).any()]


def verdict(curves: dict[str, np.ndarray]) -> bool:
    """Print the curves and their slopes; returns whether all are flat."""
    allowed = ALLOWED | {"seconds": ALLOWED_SLOWDOWN * float(curves["seconds"][:, 1].mean())}
    units = {"memory": "MiB", "files": "open files", "seconds": "CPU s/repeat"}
    flat = True
    for name, curve in curves.items():
        grows = slope(curve)
        flat &= grows < allowed[name]
        print(f"{units[name]:<13}" + " ".join(f"{value:7.2f}" for value in tenths(curve)))
        print(f"{'':<13}slope {grows:+.3f} per 100 repeats (allowed: {allowed[name]:.2f})")
    return flat


def draw(curves: dict[str, np.ndarray], path: Path) -> None:
    """One panel per curve, each from zero."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    titles = {
        "memory": "parent: memory (MiB)",
        "files": "parent: open files",
        "seconds": "processor time per repeat (s)",
    }
    for ax, (name, curve) in zip(figure.subplots(3, 1, sharex=True), curves.items(), strict=True):
        ax.plot(curve[:, 0], curve[:, 1], linewidth=1, color="#005A8C")
        ax.set(ylim=(0, 1.25 * curve[:, 1].max()))
        ax.set_title(f"{titles[name]}, slope {slope(curve):+.2f} per 100 repeats", fontsize=9, loc="left")
        ax.grid(color="#DDDDDD", linewidth=0.5)
    ax.set_xlabel("repeats done")
    figure.savefig(path, dpi=150, metadata={"Software": None})


def main() -> None:
    """Watch one run, print its curves, and judge them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        curves = watch(arguments.repeats, arguments.jobs, Path(folder))
    flat = verdict(curves)
    if arguments.plot is not None:
        draw(curves, arguments.plot)
    print("flat" if flat else "NOT flat")
    sys.exit(0 if flat else 1)


if __name__ == "__main__":
    main()
