"""A config is checked before anything heavy is imported."""

import subprocess
import sys

HEAVY = ["keras", "tensorflow", "torch", "jax", "matplotlib", "scipy.stats", "skimage"]


def test_checking_a_config_imports_nothing_heavy(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("name: a\ndata: {dataset: mnist}\nmodel: [flatten, classifier]\n")
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from cnnlab.config import json_schema, load, identity\n"
        f"config = load.load_config(Path({str(path)!r}))\n"
        "json_schema.config_schema(), identity.run_hash(config), load.config_to_yaml(config)\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
