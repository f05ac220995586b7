"""Sets of numbered items as whole numbers, one bit for each item: intersected and counted at once, however many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def packed(numbers: Iterable[int], size: int) -> int:
    """The set of these numbers, each below ``size``."""
    bits = bytearray((size + 7) // 8)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def every(size: int) -> int:
    """The set of all numbers below ``size``."""
    return (1 << size) - 1


def holds(members: int, number: int) -> bool:
    """True if the number is in the set."""
    return bool(members >> number & 1)


def within(members: int, order: Sequence[int]) -> Iterator[int]:
    """The members of a set that stand in this order, in it."""
    bits = members.to_bytes((members.bit_length() + 7) // 8 or 1, "little")
    bytes_ = len(bits)
    return (number for number in order if number >> 3 < bytes_ and bits[number >> 3] >> (number & 7) & 1)
