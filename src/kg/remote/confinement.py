"""Keeping a process from connecting to anybody, whatever it is brought to do: the guard of queries is not all there is.

By what Linux lets any process give up for good: a filter of system calls (seccomp, 3.5) refuses to make sockets of the
internet, and Landlock (6.7) refuses every TCP port but one. Elsewhere nothing happens, and the guard is all there is.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys

#: From the headers of Linux: seccomp.h, audit.h, prctl.h, landlock.h, tcp.h; by machine its number, and those of the
#: system calls ``socket``, ``setsockopt``, and, each with its argument that has flags, those that send.
_MACHINES = {
    "x86_64": (0xC000003E, 41, 54, {44: 3, 46: 2, 307: 3}),
    "aarch64": (0xC00000B7, 198, 208, {206: 3, 211: 2, 269: 3}),
}
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _LEAST, _ANY, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
#: Where the filter finds the number of the call, the machine, and the arguments (the lower half of each).
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, (16, 24, 32, 40)
_DOMAIN, _KIND, _PROTOCOL = _ARGUMENTS[:3]
#: Calls with the numbers of x32, and rings (io_uring), which make sockets without a call.
_OTHER_NUMBERS, _RINGS = 0x40000000, 425
#: TCP Fast Open sends and connects in one, where Landlock does not look: by a flag, or by an option of the socket.
_FAST, _FAST_OPTION = 0x20000000, 30
_UNIX, _INTERNET, _STREAM, _KINDS = 1, 2, 1, 0xF
#: TCP by its number; over several paths (MPTCP) it would not be known for what it is.
_USUAL, _TCP = 0, 6
_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_BIND, _CONNECT, _PORT_RULE = 1, 2, 2
#: The first version of Landlock that knows of ports.
_KNOWS_PORTS = 4

SOCKETS, PORTS = "sockets", "ports"

_Machine = tuple[int, int, int, dict[int, int]]


class _Step(ctypes.Structure):
    """An instruction of the filter (``struct sock_filter``)."""

    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint))


class _Filter(ctypes.Structure):
    """A filter (``struct sock_fprog``)."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


class _Ruleset(ctypes.Structure):
    """What Landlock is to refuse (``struct landlock_ruleset_attr``)."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Port(ctypes.Structure):
    """What it is to allow for one port (``struct landlock_net_port_attr``)."""

    _fields_ = (("access", ctypes.c_uint64), ("port", ctypes.c_uint64))


def confine(port: int | None) -> frozenset[str]:
    """Let this process, and those it forks, connect to one TCP port alone, or to none at all. Cannot be undone.

    What the system can enforce: ``SOCKETS`` (no sockets of the internet, or only those of TCP over IPv4), ``PORTS`` (no
    other port).
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return frozenset()
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return frozenset()
    found = set()
    if port is not None and _only_port(system, port):
        found.add(PORTS)
    if _no_sockets(system, machine, internet=port is not None):
        found.add(SOCKETS)
    return frozenset(found)


def _no_sockets(system: ctypes.CDLL, machine: _Machine, *, internet: bool) -> bool:
    """Refuse ``socket`` but for local ones, and for TCP over IPv4 if that is to be left, and the ways around it."""
    architecture, call, option, senders = machine
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ERROR | errno.EACCES),
        *_refused(_LEAST, _OTHER_NUMBERS),
        *_refused(_EQUAL, _RINGS),
        *_refused(_EQUAL, option, (_ARGUMENTS[1], _EQUAL, _TCP), (_ARGUMENTS[2], _EQUAL, _FAST_OPTION)),
    ]
    for sender, flags in senders.items():
        steps += _refused(_EQUAL, sender, (_ARGUMENTS[flags], _ANY, _FAST))
    steps += [
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, 9, call),
        (_LOAD, 0, 0, _DOMAIN),
        (_EQUAL, 7, 0, _UNIX),
        (_EQUAL, 0, 7, _INTERNET if internet else _UNIX),
        (_LOAD, 0, 0, _KIND),
        (_AND, 0, 0, _KINDS),
        (_EQUAL, 0, 4, _STREAM),
        (_LOAD, 0, 0, _PROTOCOL),
        (_EQUAL, 1, 0, _USUAL),
        (_EQUAL, 0, 1, _TCP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EACCES),
    ]
    written = (_Step * len(steps))(*steps)
    return not system.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(_Filter(len(steps), written)), 0, 0)


def _refused(code: int, call: int, *tests: tuple[int, int, int]) -> list[tuple[int, int, int, int]]:
    """The steps that refuse a call whose number, and whose arguments, each at its place, pass every test."""
    steps: list[tuple[int, int, int, int]] = []
    asked = [(_NUMBER, code, call), *tests]
    for left, (place, test, value) in zip(range(len(asked), 0, -1), asked, strict=True):
        # A test that fails goes on behind the last step: over the tests that are left, two steps each, and the refusal.
        steps += [(_LOAD, 0, 0, place), (test, 0, 2 * (left - 1) + 1, value)]
    return [*steps, (_RETURN, 0, 0, _ERROR | errno.EACCES)]


def _only_port(system: ctypes.CDLL, port: int) -> bool:
    """Refuse to connect to, or to listen on, any TCP port but one."""
    if system.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1) < _KNOWS_PORTS:
        return False
    wanted = _Ruleset(0, _BIND | _CONNECT)
    rules = system.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(ctypes.sizeof(wanted)), 0)
    if rules < 0:
        return False
    try:
        allowed = _Port(_CONNECT, port)
        added = system.syscall(_ADD_RULE, rules, _PORT_RULE, ctypes.byref(allowed), 0)
        return not added and not system.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
