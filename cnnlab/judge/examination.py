"""Everything that files are asked, prepared once for all of them."""

from dataclasses import dataclass

from cnnlab.judge.cases import CallCase, function_cases
from cnnlab.judge.evaluation_data import EvaluationCase, evaluation_cases, load_digits
from cnnlab.judge.networks import NetworkCase, counting_cases, network_cases
from cnnlab.judge.references import NumpyReference, Reference, reference


@dataclass(frozen=True)
class Examination:
    """The questions and the right answers."""

    reference: Reference
    functions: dict[str, list[CallCase]]
    networks: list[NetworkCase]
    counting: list[NetworkCase]
    evaluations: list[EvaluationCase]

    def speeds(self) -> dict[str, float]:
        """Microseconds per image through the lab's network: our NumPy network's and, when it is used, Keras'."""
        lab = self.networks[0]
        references = {r.name: r for r in (NumpyReference(), self.reference)}
        image = lab.x[0].astype("float64")
        return {name: r.microseconds(lab.setup.layers(), image) for name, r in references.items()}


def prepare(against: str = "numpy", seed: int = 0) -> Examination:
    """Draw all cases from `seed` and compute the right answers."""
    right = reference(against)
    images, labels = load_digits()
    return Examination(
        right,
        function_cases(right, seed),
        network_cases(right, images, seed),
        counting_cases(seed),
        evaluation_cases(right, images, labels, seed),
    )
