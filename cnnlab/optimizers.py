"""Optimizers by Keras' names and with Keras' parameters."""

from typing import Any, Literal

from cnnlab.parameters import NonNegativeFloat, PositiveFloat, Rate
from cnnlab.registry import Registry

optimizer = Registry("optimizer", injected=("learning_rate_schedule", "averaging"), reserved=("name",))
"""Decorator and registry. An optimizer is called with its parameters and returns a Keras optimizer.

Injected: `learning_rate_schedule`, a number or a Keras schedule made from the parameter `learning_rate`;
`averaging`, Keras' arguments for weight averaging (empty when off).
"""

DecayOn = Literal["all", "kernels"]
NOT_KERNELS = (
    r"(^|/)(bias|gamma|beta)(:\d+)?$"  # Keras compares with "bias", on TensorFlow with "dense/bias:0"
)


def decaying(made: Any, weight_decay_on: DecayOn) -> Any:
    """Return the Keras optimizer `made`, set to decay the weights that the config asks for."""
    if weight_decay_on == "kernels":
        made.exclude_from_weight_decay(var_names=[NOT_KERNELS])
    return made


@optimizer
def adam(
    *,
    learning_rate_schedule: Any,
    averaging: dict[str, Any],
    learning_rate: PositiveFloat = 1e-3,
    beta_1: Rate = 0.9,
    beta_2: Rate = 0.999,
    epsilon: PositiveFloat = 1e-7,
    weight_decay: NonNegativeFloat = 0.0,
    weight_decay_on: DecayOn = "all",
    global_clipnorm: PositiveFloat | None = None,
) -> Any:
    """Adam (Kingma and Ba 2015), with decoupled weight decay where `weight_decay` is above 0."""
    from keras import optimizers

    made = optimizers.Adam(
        learning_rate_schedule,
        beta_1,
        beta_2,
        epsilon,
        weight_decay=weight_decay or None,
        global_clipnorm=global_clipnorm,
        **averaging,
    )
    return decaying(made, weight_decay_on)


@optimizer
def adamw(
    *,
    learning_rate_schedule: Any,
    averaging: dict[str, Any],
    learning_rate: PositiveFloat = 1e-3,
    beta_1: Rate = 0.9,
    beta_2: Rate = 0.999,
    epsilon: PositiveFloat = 1e-7,
    weight_decay: NonNegativeFloat = 0.004,
    weight_decay_on: DecayOn = "all",
    global_clipnorm: PositiveFloat | None = None,
) -> Any:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""
    from keras import optimizers

    made = optimizers.AdamW(
        learning_rate_schedule,
        weight_decay,
        beta_1,
        beta_2,
        epsilon,
        global_clipnorm=global_clipnorm,
        **averaging,
    )
    return decaying(made, weight_decay_on)


def _nesterov_has_momentum(parameters: Any) -> str | None:
    if parameters.nesterov and not parameters.momentum:
        return "nesterov looks ahead along the momentum: give a momentum above 0, such as 0.9"
    return None


@optimizer(check=_nesterov_has_momentum)
def sgd(
    *,
    learning_rate_schedule: Any,
    averaging: dict[str, Any],
    learning_rate: PositiveFloat = 0.01,
    momentum: Rate = 0.0,
    nesterov: bool = False,
    weight_decay: NonNegativeFloat = 0.0,
    weight_decay_on: DecayOn = "all",
    global_clipnorm: PositiveFloat | None = None,
) -> Any:
    """Stochastic gradient descent, with momentum and Nesterov's variant of it.

    Parameters:
        momentum: share of the last step that each step adds.
    """
    from keras import optimizers

    made = optimizers.SGD(
        learning_rate_schedule,
        momentum,
        nesterov,
        weight_decay=weight_decay or None,
        global_clipnorm=global_clipnorm,
        **averaging,
    )
    return decaying(made, weight_decay_on)


@optimizer
def rmsprop(
    *,
    learning_rate_schedule: Any,
    averaging: dict[str, Any],
    learning_rate: PositiveFloat = 1e-3,
    rho: Rate = 0.9,
    momentum: Rate = 0.0,
    epsilon: PositiveFloat = 1e-7,
    centered: bool = False,
    weight_decay: NonNegativeFloat = 0.0,
    weight_decay_on: DecayOn = "all",
    global_clipnorm: PositiveFloat | None = None,
) -> Any:
    """RMSprop (Hinton 2012): the gradient divided by a running root mean square of itself.

    Parameters:
        momentum: share of the last step that each step adds.
    """
    from keras import optimizers

    made = optimizers.RMSprop(
        learning_rate_schedule,
        rho,
        momentum,
        epsilon,
        centered,
        weight_decay=weight_decay or None,
        global_clipnorm=global_clipnorm,
        **averaging,
    )
    return decaying(made, weight_decay_on)
