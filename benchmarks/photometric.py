"""What do brightness and contrast do to a training when they work in another range than the images have?

Run:     python benchmarks/photometric.py docs/images/photometric.png        (a few minutes of one core)

The same small residual network is trained on the same synthetic patches, scaled to [-1, 1]: without augmentation, with
random_contrast and random_brightness in the images' own range, and in Keras' default range, 0 to 255. Printed is a
Markdown table of accuracies, drawn are the curves. With --runs-dir each training's run folder stays there, and is read
and not made again the next time.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cnnlab.runs.metrics_log import read_metrics

CONFIG = """\
name: photometric
data: {dataset: pcam_synthetic, train_images: 2000, validation_images: 1000, test_images: 2, scale: [-1, 1]}
augmentation_check: warn
model:
  - conv: {filters: 8, activation: leaky_relu, negative_slope: 0.1}
  - residual_block: {filters: 8, negative_slope: 0.1, shortcut: convolution, momentum: 0.9, pool_size: 2}
  - residual_block: {filters: 16, negative_slope: 0.1, shortcut: convolution, momentum: 0.9, pool_size: 2}
  - residual_block: {filters: 32, negative_slope: 0.1, shortcut: convolution, momentum: 0.9}
  - global_average_pool
  - classifier
training: {epochs: 8, batch_size: 32, optimizer: {name: adam, learning_rate: 0.002}, threads: 1}
augment: [AUGMENT]
"""
WRONG = ", value_range: [0, 255]"
BOTH = "{{random_contrast: {{factor: 0.05{0}}}}}, {{random_brightness: {{factor: 0.05{0}}}}}"
VARIANTS = {
    "no augmentation": "",
    "both, the images' range": BOTH.format(""),
    "contrast, 0 to 255": f"{{random_contrast: {{factor: 0.05{WRONG}}}}}",
    "both, 0 to 255": BOTH.format(WRONG),
}


def train(variant, runs):
    """Train one variant by the command line, unless its run is there; returns the columns of its metrics.csv."""
    config = runs / "photometric.yaml"
    config.write_text(CONFIG.replace("AUGMENT", VARIANTS[variant]))
    slug = "-".join(re.findall(r"\w+", variant.replace("'", "")))
    done = [path for path in (runs / "runs").glob(f"*_{slug}_*") if (path / "summary.json").exists()]
    if not done:
        command = [sys.executable, "-m", "cnnlab", "train", "--quiet", "--set", f"name={slug}"]
        command += ["--config", str(config), "--runs-dir", str(runs / "runs")]
        subprocess.run(command, check=True)
        done = list((runs / "runs").glob(f"*_{slug}_*"))
    return read_metrics(max(done) / "repeats" / "0" / "metrics.csv")


def draw(columns, path):
    """Accuracy by epoch, training beside validation, one line for each variant."""
    from cnnlab.report.figures.style import add_title, new_figure, save, styled

    looks = zip(("#222222", "#005A8C", "#E69F00", "#B2182B"), ("-", "--", "-.", ":"), strict=True)
    with styled():
        figure = new_figure(height=2.3, width=5.4)
        axes = figure.subplots(1, 2, sharey=True)
        for (variant, of), (colour, line) in zip(columns.items(), looks, strict=True):
            for ax, key in zip(axes, ("accuracy", "val_accuracy"), strict=True):
                ax.plot(of["epoch"], of[key], color=colour, linestyle=line, label=variant)
        for ax, title in zip(axes, ("training (augmented)", "validation"), strict=True):
            ax.axhline(0.5, color="#AAAAAA", linewidth=0.6)
            ax.set(title=title, xlabel="epoch", ylim=(0.4, 1.0))
        axes[0].set_ylabel("accuracy")
        axes[0].legend(loc="center right", bbox_to_anchor=(1.0, 0.42))
        add_title(
            figure,
            "Photometric augmentation in two ranges",
            "",
            "PatchCamelyon (synthetic), one training each",
        )
        save(figure, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("picture", type=Path, nargs="?", default=Path("photometric.png"))
    parser.add_argument("--runs-dir", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.runs_dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = {variant: train(variant, folder) for variant in VARIANTS}
    draw(found, options.picture)
    print(
        "| brightness and contrast | training, last epoch | validation, last epoch | validation, all epochs |"
    )
    print("|---|---|---|---|")
    for variant, of in found.items():
        of_all = [100 * value for value in of["val_accuracy"]]
        last = f"{100 * of['accuracy'][-1]:.1f} % | {of_all[-1]:.1f} %"
        print(f"| {variant} | {last} | {min(of_all):.1f} to {max(of_all):.1f} % |")
