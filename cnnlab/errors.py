"""The errors a person can meet, each with its exit code.

The command line catches `CnnlabError` and nothing else: it prints the message, one clear sentence, to
stderr and exits with `exit_code`. Anything else is a bug in cnnlab and shows its traceback.
"""

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_DIFFERENCE = 3
EXIT_REPEATS_FAILED = 4
EXIT_DATA = 5
EXIT_INTERRUPTED = 130


class CnnlabError(Exception):
    """Something a person can put right; the message says what, where and how."""

    exit_code = EXIT_USAGE


class ConfigError(CnnlabError):
    """A config, an option or a file named in one is wrong (exit code 2)."""


class RunError(CnnlabError):
    """A run folder or the runs directory cannot be used as asked (exit code 2)."""


class DataError(CnnlabError):
    """Data are missing or damaged (exit code 5)."""

    exit_code = EXIT_DATA


class DifferenceFound(CnnlabError):
    """A verification found a difference (exit code 3)."""

    exit_code = EXIT_DIFFERENCE


class RepeatsFailed(CnnlabError):
    """Some repeats of a run failed; the others are kept (exit code 4)."""

    exit_code = EXIT_REPEATS_FAILED


class Interrupted(CnnlabError):
    """Stopped by a person or a scheduler, with the state saved (exit code 130)."""

    exit_code = EXIT_INTERRUPTED
