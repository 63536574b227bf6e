"""The README's examples work as they stand there."""

import json
import re
from pathlib import Path

import pytest

from cnnlab.config.load import load_config
from cnnlab.config.shipped import shipped_configs
from cnnlab.runs.folder import RepeatFolder
from tests.conftest import REPOSITORY
from tests.warm import start_python

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
EXTENDING = (REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
OWN = """\
name: own
extensions: [my_blocks.py, my_data.py]
data: {dataset: squares, count: 80}
augment: [{darken: {amount: 0.1}}]
model:
  - conv: {filters: 8}
  - squeeze_excite: {ratio: 4}
  - global_average_pool
  - classifier
training: {epochs: 1, threads: 1}
"""


def examples(language: str) -> list[str]:
    """The README's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_config_is_valid(tmp_path: Path) -> None:
    """The first YAML block is a whole config, and the second a section for it; docs/sweeps.md has both too."""
    config, sweep = examples("yaml")
    (tmp_path / "it.yaml").write_text(config)
    assert load_config(tmp_path / "it.yaml").name == "my-experiment"
    (tmp_path / "it.yaml").write_text(config + sweep)
    assert load_config(tmp_path / "it.yaml").sweep.size() == 10
    whole, race = re.findall(
        r"```yaml\n(.*?)```", (REPOSITORY / "docs" / "sweeps.md").read_text(), flags=re.DOTALL
    )
    (tmp_path / "it.yaml").write_text(whole)
    assert load_config(tmp_path / "it.yaml").sweep.size() == 6
    (tmp_path / "it.yaml").write_text(config + race)
    assert load_config(tmp_path / "it.yaml").sweep.early_stop.asha.metric == "val_cross_entropy"


def test_the_files_that_it_names_exist() -> None:
    """Pictures, pages, folders and configs; those that the pages in docs name, too."""
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
        targets = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
        for target in (a or b for a, b in targets):
            assert target.startswith("https://") or (page.parent / target).exists(), (page.name, target)
    for name in re.findall(r"configs/([\w/]+)\.yaml", README):
        assert name in shipped_configs() or name.endswith("NAME"), name


@pytest.mark.keras
@pytest.mark.xdist_group("configs")
def test_the_example_from_python_runs_as_a_script(tmp_path: Path) -> None:
    """It stands there without a guard for __main__, and prints what it says."""
    script = tmp_path / "example.py"
    script.write_text(examples("python")[0])
    done = start_python(script, cwd=REPOSITORY, CNNLAB_RUNS=str(tmp_path / "runs")).wait()
    assert done.code == 0, done.err
    mean, history, shape, *table, verdict = done.out.splitlines()
    assert 0 <= float(mean) <= 1
    assert len(json.loads(history.replace("None", "null"))) == 2
    assert shape.endswith(", 10)")
    assert "quickstart" in " ".join(table)
    assert verdict.startswith("True ")


@pytest.mark.keras
@pytest.mark.xdist_group("configs")
@pytest.mark.usefixtures("own_entries")
def test_a_block_an_augmentation_and_a_data_set_of_ones_own_train(tmp_path: Path) -> None:
    """The two Python blocks, as files beside a config that uses all three."""
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    import_keras()
    for name, code in zip(
        ("my_blocks.py", "my_data.py"),
        re.findall(r"```python\n(.*?)```", EXTENDING, flags=re.DOTALL),
        strict=True,
    ):
        (tmp_path / name).write_text(code)
    (tmp_path / "own.yaml").write_text(OWN)
    config = load_config(tmp_path / "own.yaml")
    result = train_one(config, 0, RepeatFolder(tmp_path / "0", 0).make(), load_data(config, None))
    assert result.metrics["test"]["accuracy"] >= 0
    assert result.sizes == {"train": 36, "validation": 4, "test": 40}
