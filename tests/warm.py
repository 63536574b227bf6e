"""Several ``cnnlab`` commands in one process, since importing Keras takes longer than most of them.

``python -m tests.warm`` reads a JSON list of [patch, arguments] from stdin, where `patch` is Python code that
is run first ("" for none), and prints a JSON list of [exit code, stdout, stderr].
"""

import contextlib
import io
import json
import subprocess
import sys

from tests.conftest import REPOSITORY, Finished, environment


def run_warm(*commands: tuple[str, list[object]], timeout: float = 200) -> list[Finished]:
    """Run all commands in one new process; a patch acts on those behind it too."""
    jobs = [[patch, [str(argument) for argument in arguments]] for patch, arguments in commands]
    done = subprocess.run(
        [sys.executable, "-m", "tests.warm"],
        input=json.dumps(jobs),
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    return [Finished(*result) for result in json.loads(done.stdout.splitlines()[-1])]


def _run(patch: str, arguments: list[str]) -> tuple[int, str, str]:
    from cnnlab.cli.app import main

    exec(patch, {})
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["cnnlab", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as error:
            code = int(error.code or 0)
    return code, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    print(json.dumps([_run(*job) for job in json.load(sys.stdin)]))
