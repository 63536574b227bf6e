"""Make docs/images/report.png: the upper part of a run's report.html, as Chromium shows it.

cnnlab train --config configs/quickstart.yaml
python docs/make_report_image.py quickstart [--runs-dir DIR]
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

import cnnlab

TARGET = Path(__file__).parent / "images" / "report.png"
SIZE = (1000, 1130)  # pixels
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Write the report of the run that the command line names, and take its picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", help="a run, as cnnlab report takes it")
    parser.add_argument("--runs-dir", default=None)
    parser.add_argument("--output", type=Path, default=TARGET)
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("there is no Chromium here, which takes the picture.")
    with tempfile.TemporaryDirectory() as folder:
        cnnlab.report(given.run, runs_dir=given.runs_dir, output=folder, formats=["html"])
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/user",
        ]
        size = f"--window-size={SIZE[0]},{SIZE[1]}"
        page = (Path(folder) / "report.html").as_uri()
        subprocess.run([browser, *flags, size, f"--screenshot={given.output.resolve()}", page], check=True)


if __name__ == "__main__":
    main()
