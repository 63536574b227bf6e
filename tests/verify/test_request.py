"""What is to be verified, on its way into another process."""

import pickle
from pathlib import Path

from cnnlab.config.load import Options
from cnnlab.verify.request import make_request


def test_a_request_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Its config holds parameters whose classes are made from functions, and bear their names."""
    request = make_request(None, Options(smoke=True), weights=None, kinds=("dense",), runs_dir=tmp_path)
    assert pickle.loads(pickle.dumps(request)) == request
