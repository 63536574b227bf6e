"""Has anything become slower? Runs the short benchmarks and compares their ratios with those in ratios.json.

Run:     python benchmarks/guard.py            (make bench; a quarter of an hour on 2 cores, with nothing beside it)
         python benchmarks/guard.py --only startup --store

A ratio counts as moved when it differs by more than the tolerance beside it, a factor: times of one machine, taken in
turn, cancel most of what differs between machines, but not all. Exit code 1 when one moved for the worse.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
STORED = HERE / "ratios.json"
SHORT = {
    "startup": ["startup.py", "--rounds", "5"],
    "numpy_forward": ["numpy_forward.py", "--quick"],
    "mnist128_2025": ["mnist128.py", "2025", "--rounds", "2"],
    "mnist128_2024": ["mnist128.py", "2024", "--rounds", "1"],
    "pcam_epoch": ["pcam_epoch.py", "--rounds", "1"],
    "overhead": ["overhead.py", "--rounds", "1"],
}
LOWER_IS_BETTER = {"memory", "help", "report", "overhead"}
TOLERANCE = 1.5


def judge(name, new, old, tolerance):
    """One word on a ratio."""
    if old / tolerance <= new <= old * tolerance:
        return "as before"
    lower = not LOWER_IS_BETTER.isdisjoint(name.split("."))
    return "better" if (new < old) == lower else "WORSE"


def main():
    """Run, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=SHORT, help="this benchmark; repeatable")
    parser.add_argument("--store", action="store_true", help="write what was measured into ratios.json")
    options = parser.parse_args()
    stored, measured = json.loads(STORED.read_text()), {}
    for name in options.only or SHORT:
        script, *arguments = SHORT[name]
        print(f"\n{name}", flush=True)
        run = subprocess.run(
            [sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True, check=False
        )
        *text, last = run.stdout.splitlines() or [""]
        print("\n".join(text))
        if run.returncode != 0:
            raise SystemExit(f"{script} ended with {run.returncode}: {last}")
        measured |= {f"{name}.{key}": value for key, value in json.loads(last).items()}
    print(f"\n{'ratio':44}{'stored':>9}{'now':>9}")
    verdicts = []
    for name, value in measured.items():
        old = stored.get(name)
        verdicts.append("new" if old is None else judge(name, value, old, TOLERANCE))
        print(f"{name:44}{'-' if old is None else format(old, '9.2f'):>9}{value:9.2f}  {verdicts[-1]}")
    if options.store:
        STORED.write_text(json.dumps(stored | measured, indent=2) + "\n")
        return
    if "WORSE" in verdicts:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
