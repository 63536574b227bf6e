"""Prediction works in chunks: its memory does not grow with the number of images."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

SCRIPT = """
import numpy as np
from cnnlab.numpy_cnn import Network, Node
from cnnlab.numpy_cnn.layers import Add, Conv2D, GlobalAveragePooling2D, LeakyReLU, MaxPooling2D
rng = np.random.default_rng(0)
nodes, source, channels = [], "input", 3
def conv(size, channels, filters):
    return Conv2D(rng.normal(size=(size, size, channels, filters)).astype("float32") / 30, padding="same")
for i, filters in enumerate((32, 64, 128)):
    nodes += [
        Node(f"a{i}", (conv(3, channels, filters), LeakyReLU(0.1)), (source,)),
        Node(f"b{i}", (conv(3, filters, filters),), (f"a{i}",)),
        Node(f"s{i}", (conv(1, channels, filters),), (source,)),
        Node(f"add{i}", (Add(), LeakyReLU(0.1)), (f"b{i}", f"s{i}")),
        Node(f"pool{i}", (MaxPooling2D(),), (f"add{i}",)),
    ]
    source, channels = f"pool{i}", filters
network = Network([*nodes, Node("mean", (GlobalAveragePooling2D(),), (source,))])
x = rng.integers(0, 256, (COUNT, 96, 96, 3), dtype=np.uint8)
assert network.predict(x).shape == (COUNT, 128)
(peak,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def peak_megabytes(count):
    code = SCRIPT.replace("COUNT", str(count))
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(run.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from Linux' /proc")
def test_a_residual_network_on_large_images_stays_far_below_a_gigabyte():
    few, more = peak_megabytes(17), peak_megabytes(49)
    assert few < 400
    assert more < few + 60  # 32 images more are 0.9 MB of pixels and 1.2 MB per activation and image
