"""Run as a script: gives up privileges, asks to die with its parent, and becomes another program.

`python -I -S launch.py ORDER`, where ORDER is JSON: `argv`, `env`, `cwd`, `isolation`, `death_signal`, `parent`.
Standard output is the program's log. Exit 111: isolation is not possible here; 112: the program cannot be started.
It imports nothing of ours, so that it starts in some 10 ms.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522
CANNOT_ISOLATE, CANNOT_START = 111, 112

libc = ctypes.CDLL(None, use_errno=True)


def main(order: dict) -> None:  # type: ignore[type-arg]
    """Carry out one order; returns only when `argv` is empty, which tries the isolation alone."""
    try:
        isolate(order["isolation"])
    except OSError as error:
        fail(CANNOT_ISOLATE, f"this kernel does not allow the isolation `{order['isolation']}`: {error}")
    try:
        die_with_parent(order["death_signal"], order["parent"])
        if order["argv"]:
            os.umask(0o077)
            os.chdir(order["cwd"])
            os.execve(order["argv"][0], order["argv"], order["env"])  # noqa: S606 - no shell is the point
    except OSError as error:
        fail(CANNOT_START, f"cannot start {order['argv'][:1]}: {error}")


def isolate(mode: str) -> None:
    """Stop being root: in a user namespace of our own (`namespace`), as user nobody (`nobody`), or not at all."""
    if mode == "namespace":
        enter_user_namespace()
    elif mode == "nobody":
        become_nobody()


def enter_user_namespace() -> None:
    """Be `nobody` inside a new user namespace, while files stay owned by who we were outside."""
    user, group = os.geteuid(), os.getegid()
    check(libc.unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def become_nobody() -> None:
    """Be `nobody`, keeping one right: to walk through the parent folders of data and programs (often 0700 root)."""
    check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    # Else access(2), which PostgreSQL asks before it runs a program of its own, ignores the right that we keep.
    libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if keep_only(capability):
            return
    keep_only(None)


def keep_only(capability: int | None) -> bool:
    """Drop every capability but this one, and hand it on to the program; False when we do not have it."""
    bit = 0 if capability is None else 1 << capability
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data):
        return False
    return capability is None or libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0


def die_with_parent(number: int, parent: int) -> None:
    """Get signal `number` when the parent dies, however it dies (0: outlive it). After isolate(), which clears it."""
    if number:
        check(libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0))
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)


def check(result: int) -> None:
    """Raise OSError when a call into libc has failed."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def fail(code: int, message: str) -> None:
    """Say why on the log and end."""
    os.write(2, f"FATAL:  {message}\n".encode())
    os._exit(code)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
