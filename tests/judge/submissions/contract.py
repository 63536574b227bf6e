"""The checks, the grades, and which function uses which: the words shared by all the lists here."""

GRADES = ("required", "robust", "beyond")

CHECKS = (
    "activation",
    "conv2d_layer",
    "pool2d_layer",
    "flatten_layer",
    "dense_layer",
    "setup_model",
    "feedforward_sample",
    "feedforward",
    "evaluate",
)

NETWORK = ("feedforward_sample", "feedforward", "evaluate")

# A mistake in the function on the left can change what the functions on the right give.
CALLERS = {
    "activation": ("conv2d_layer", "dense_layer", *NETWORK),
    "conv2d_layer": NETWORK,
    "pool2d_layer": NETWORK,
    "flatten_layer": NETWORK,
    "dense_layer": NETWORK,
    "setup_model": NETWORK,
    "feedforward_sample": ("feedforward", "evaluate"),
    "feedforward": ("evaluate",),
    "evaluate": (),
}
