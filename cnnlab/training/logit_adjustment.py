"""Classes of unlike frequency in the training images, made up for in the training loss."""

import numpy as np


def logit_offsets(strength: float, labels: np.ndarray, num_classes: int) -> np.ndarray | None:
    """Return what the training loss adds to the logit of each class; None where nothing.

    It is ``strength * log(n of the class / n)``. A network whose logits plus these tell the classes of images that are
    distributed as in training tells, by its logits alone and with a strength of 1, those of images whose classes are
    equally frequent: Menon et al. 2021, "Long-tail learning via logit adjustment", equation 10; with a strength of 1
    the balanced softmax of Ren et al. 2020. A class without images counts as one with a single image.

    labels: int64 (n,), those of the repeat's training images. Returns float32 (num_classes,).
    """
    if strength == 0:
        return None
    counts = np.maximum(np.bincount(labels, minlength=num_classes), 1)
    return (strength * np.log(counts / len(labels))).astype(np.float32)
