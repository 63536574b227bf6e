"""What keeps a judged file within bounds. A safety net for accidents, and no sandbox against malice."""

import contextlib
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

PATH_EVENTS = {  # audit event: positions of the paths it changes
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.link": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "shutil.rmtree": (0,),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
HARMLESS = ("/dev/null", "/dev/shm", "/dev/tty")


def limit_resources(memory_bytes: int, file_bytes: int) -> None:
    """Bound memory and file sizes, and leave no core dumps; what a system does not know is left out."""
    wanted = {"RLIMIT_AS": memory_bytes, "RLIMIT_FSIZE": file_bytes, "RLIMIT_CORE": 0}
    for name, value in wanted.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (value, value))


def allow_cpu(seconds: float) -> None:
    """Let this process compute for `seconds` from now on; the system ends it beyond (SIGXCPU).

    The time is processor time, so a busy machine takes nothing away from a file.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def forbid_writing_outside(folders: tuple[str, ...]) -> None:
    """Make Python's own ways of changing files outside `folders` raise PermissionError."""
    allowed = tuple(os.path.realpath(folder) + os.sep for folder in folders)

    def check(path: Any) -> None:
        if path is None or isinstance(path, int):
            return
        place = os.path.realpath(os.fsdecode(path))
        if not (place + os.sep).startswith(allowed) and not place.startswith(HARMLESS):
            raise PermissionError(f"judging allows no writing outside its scratch folder: {place}")

    sys.addaudithook(_hook(check))


def _hook(check: Callable[[Any], None]) -> Callable[[str, tuple[Any, ...]], None]:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            if isinstance(args[2], int) and args[2] & WRITING:
                check(args[0])
        elif event in PATH_EVENTS:
            for position in PATH_EVENTS[event]:
                check(args[position])

    return hook
