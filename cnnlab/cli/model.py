"""``cnnlab model``."""

from rich.table import Table

from cnnlab.cli.options import Bundled, ConfigFile, DataDir, Json, Overrides, console, print_json
from cnnlab.config.load import Options, load_config
from cnnlab.datasets import data_places, dataset_info
from cnnlab.training.describe import describe_network


def model(
    config: ConfigFile,
    overrides: Overrides = None,
    bundled: Bundled = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show a config's network: layers, output shapes and weights.

    Example: cnnlab model --config configs/mnist128/lab2025.yaml
    """
    loaded = load_config(config, Options(bundled=bundled, overrides=tuple(overrides or ())))
    item = loaded.data.dataset
    network = describe_network(loaded, dataset_info(item.name, item.parameters, data_places(data_dir)))
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("layer", overflow="fold")
    table.add_column("kind", overflow="fold")
    table.add_column("output shape", no_wrap=True)
    table.add_column("weights", justify="right", no_wrap=True)
    for layer in network["layers"]:
        shape = " x ".join(map(str, layer["output_shape"]))
        table.add_row(
            layer["name"], layer["kind"], shape, f"{layer['weights']:,}" if layer["weights"] else ""
        )
    out = console()
    out.print(table)
    out.print(f"\n{network['weights']:,} weights, {network['trainable']:,} of them trainable.")
    if as_json:
        print_json(network)
