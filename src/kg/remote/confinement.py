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

#: From the headers of Linux: seccomp.h, audit.h, prctl.h, landlock.h; numbers of system calls by machine.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AND, _RETURN = 0x20, 0x15, 0x54, 0x06
#: Where the filter finds the number of the call, the machine, and the first two arguments.
_NUMBER, _MACHINE, _DOMAIN, _KIND, _PROTOCOL = 0, 4, 16, 24, 32
_UNIX, _INTERNET, _STREAM, _KINDS = 1, 2, 1, 0xF
#: TCP by its number; over several paths (MPTCP) it would not be known for what it is.
_USUAL, _TCP = 0, 6
_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_BIND, _CONNECT, _PORT_RULE = 1, 2, 2
#: The first version of Landlock that knows of ports.
_KNOWS_PORTS = 4

SOCKETS, PORTS = "sockets", "ports"


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


def _no_sockets(system: ctypes.CDLL, machine: tuple[int, int], *, internet: bool) -> bool:
    """Refuse ``socket`` but for local ones, and for TCP over IPv4 if that is to be left."""
    architecture, call = machine
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 0, 11, architecture),
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
