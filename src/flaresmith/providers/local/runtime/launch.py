"""Start one program shut off from everything that is not its own. Runs by itself: standard library only.

The order comes as JSON on standard input, so that nothing in it shows in the list of processes. With isolation
`namespace` the program gets a file system of its own (system and Python read-only, its release, its scratch folder), is
alone in its list of processes, and has no capability; with `process` it only gets the limits and the clean environment.
This process stays as its guardian: it passes signals on, ends with the same exit code, and both die with the daemon.
"""

# ruff: noqa: PTH103, PTH110, PTH112, PTH114, PTH115, PTH120, PTH123, PTH211, S606
# Plain `os` calls: this starts before every process of every service, and must be quick.

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PIDS = 0x20000, 0x8000000, 0x10000000, 0x20000000
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41}
_DIE_WITH_PARENT, _SET_DUMPABLE, _SET_NAME, _NO_NEW_PRIVILEGES = 1, 4, 15, 38
_CAPABILITY_VERSION = 0x20080522
_NOBODY = 65534
_ETC = (
    "alternatives ca-certificates gai.conf group host.conf hosts ld.so.cache ld.so.conf ld.so.conf.d localtime"
    " mime.types nsswitch.conf passwd pki protocols resolv.conf services ssl timezone"
)

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Carry out the order that comes on standard input, in a fresh Python."""
    carry_out(json.loads(sys.stdin.buffer.read()), os.getppid(), _execute)


def carry_out(order: dict[str, Any], parent: int, begin: Callable[[dict[str, Any]], NoReturn]) -> NoReturn:
    """Shut a new process off as ordered and `begin` in it; this process becomes its guardian."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    isolated = order["isolation"] == "namespace"
    if isolated:
        _enter_namespaces()
    die_with(parent)
    child = os.fork()
    if child == 0:
        _become(order, isolated, begin)
    _guard(child, order["keep"])


def _guard(child: int, keep: list[int]) -> NoReturn:
    """Wait for the program, pass on what should end it, and end as it did."""
    for descriptor in keep:
        os.close(descriptor)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: os.kill(child, received))
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _become(order: dict[str, Any], isolated: bool, begin: Callable[[dict[str, Any]], NoReturn]) -> NoReturn:
    try:
        _call(_libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0), "prctl")
        if isolated:
            _build_root(order["root"], order["mounts"], order["hide"])
            _drop_capabilities()
        _keep_only(order["keep"])
        os.chdir(order["cwd"])
        os.umask(0o077)
        os.nice(order["nice"])
        for name, value in order["limits"].items():
            _limit(getattr(resource, name), value)
        _call(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
        _call(_libc.prctl(_SET_NAME, order["title"].encode()[:15], 0, 0, 0), "prctl")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
    except BaseException as error:
        os.write(2, f"the sandbox could not be made: {error!r}\n".encode())
        os._exit(126)
    begin(order)


def _execute(order: dict[str, Any]) -> NoReturn:
    os.execve(order["argv"][0], order["argv"], order["env"])


def _enter_namespaces() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _call(_libc.unshare(_NEW_USER | _NEW_MOUNTS | _NEW_PIDS | _NEW_IPC), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{_NOBODY} {uid} 1")
    _write("/proc/self/gid_map", f"{_NOBODY} {gid} 1")


def die_with(parent: int) -> None:
    """Ask the kernel to end us with the daemon; it may have gone just before we asked."""
    _call(_libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0), "prctl")
    if os.getppid() != parent:
        os._exit(125)


def _build_root(root: str, mounts: list[tuple[str, str, bool]], hide: str) -> None:
    """A new root of empty memory, with the system, Python and what is the program's own bound into it."""
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _NO_SETUID | _NO_DEVICES, "size=16m,mode=755")
    _bind_system(root)
    for name in ("null", "zero", "full", "random", "urandom"):
        _bind(f"/dev/{name}", f"{root}/dev/{name}", writable=True)
    for folder, size in (("dev/shm", "64m"), ("tmp", "64m")):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
        _mount("tmpfs", f"{root}/{folder}", "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},mode=1777")
    for source, target, writable in mounts:
        _bind(source, root + target, writable)
    if os.path.isdir(root + hide):
        _mount("tmpfs", root + hide, "tmpfs", _NO_SETUID | _NO_DEVICES | _READ_ONLY, "size=4k,mode=000")
    _mount_processes(f"{root}/proc")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    os.chdir(root)
    _call(_libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _call(_libc.umount2(b".", _DETACH), "umount")
    _mount(None, "/", None, _REMOUNT | _BIND | _READ_ONLY | _NO_SETUID | _NO_DEVICES)
    os.chdir("/")


def _bind_system(root: str) -> None:
    for path in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store"):
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.isdir(path):
            _bind(path, root + path)
    for name in _ETC.split():
        if os.path.exists(f"/etc/{name}"):
            _bind(f"/etc/{name}", f"{root}/etc/{name}")


def _mount_processes(target: str) -> None:
    """Its own list of processes; where the kernel refuses that (some containers) it gets none at all."""
    os.makedirs(target)
    try:
        _mount("proc", target, "proc", _NO_SETUID | _NO_DEVICES | 8)
    except OSError:
        return


def _bind(source: str, target: str, writable: bool = False) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC))
    _mount(source, target, None, _BIND | _RECURSIVE)
    if not writable:
        kept = os.statvfs(target).f_flag & (2 | 4 | 8 | 1024 | 2048 | 4096)
        times = (1024 if kept & 1024 else 0) | (2048 if kept & 2048 else 0) | (1 << 21 if kept & 4096 else 0)
        _mount(None, target, None, _REMOUNT | _BIND | _READ_ONLY | (kept & 14) | times | _NO_SETUID)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [value.encode() if value is not None else None for value in (source, target, kind, data)]
    result = _libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    _call(result, f"mount {target}")


def _drop_capabilities() -> None:
    """Give up every power, also that over its own namespaces; it can be looked into by nobody else anyway."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _call(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _call(_libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def _keep_only(keep: list[int]) -> None:
    """Leave the descriptors that were asked for, numbered from 3 in their order, and close every other one."""
    high = [os.dup2(descriptor, 200 + index, inheritable=False) for index, descriptor in enumerate(keep)]
    for index, descriptor in enumerate(high):
        os.dup2(descriptor, 3 + index, inheritable=True)
    os.closerange(3 + len(keep), resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _call(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
