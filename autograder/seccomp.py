"""A filter of system calls for the sandbox: memory that no process seems to have, and ways to mount file systems, which
would be memory without a limit, do not exist in it. See seccomp(2) and struct sock_filter in <linux/filter.h>."""

import errno
import platform
import socket
import struct

# Numbers of the calls on the machines the grader knows: (x86_64, aarch64).
_REFUSED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "ptrace": (101, 117),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_SOCKET = (41, 198)
_NEW_NAMESPACES = 0x7E020080  # the flags of clone(2) that ask for any namespace
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_…
_X32 = 0x40000000  # numbers from here on are calls of another ABI

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the argument's low half
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000


def program(machine: str = "", *, network: bool = True) -> bytes:
    """The filter for `machine` (default: this one) as bubblewrap's --seccomp reads it; empty where there is none.
    Without `network` no socket can be made but those of this machine's own files."""
    machine = machine or platform.machine()
    if machine not in _ARCHITECTURES:
        return b""
    column = list(_ARCHITECTURES).index(machine)
    absent, forbidden = _ERROR | errno.ENOSYS, _ERROR | errno.EPERM
    steps = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), (_RETURN, 0, 0, _KILL)]
    steps += [(_LOAD, 0, 0, _NUMBER)]
    if machine == "x86_64":
        steps += _if(_AT_LEAST, _X32, absent)
    for numbers in _REFUSED.values():
        steps += _if(_EQUAL, numbers[column], absent)
    steps += _if(
        _EQUAL, _CLONE3[column], absent
    )  # its flags are out of a filter's sight; the C library then uses clone
    steps += [
        (_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *_if(_ANY_BIT, _NEW_NAMESPACES, forbidden),
    ]
    if not network:
        steps += [
            (_LOAD, 0, 0, _NUMBER),
            (_EQUAL, 0, 4, _SOCKET[column]),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_EQUAL, 1, 0, socket.AF_UNIX),
            (_RETURN, 0, 0, forbidden),
            (_RETURN, 0, 0, _ALLOW),
        ]
    steps += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _if(test: int, value: int, result: int) -> list[tuple]:
    return [(test, 0, 1, value), (_RETURN, 0, 0, result)]
