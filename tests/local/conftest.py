"""Which addresses processes listen on, as the kernel says it."""

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_LISTENING = "0A"

Listening = Callable[[int], list[ipaddress.IPv4Address | ipaddress.IPv6Address]]


@pytest.fixture
def listening() -> Listening:
    """The addresses on which a process and all its descendants listen for TCP connections."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("/proc/net/tcp is Linux's")
    return lambda pid: [address for inode, address in _listeners() if inode in _sockets(_family(pid))]


def _listeners() -> Iterator[tuple[str, ipaddress.IPv4Address | ipaddress.IPv6Address]]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                yield fields[9], _address(fields[1].partition(":")[0])


def _address(hexadecimal: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The kernel writes each 32-bit word in the machine's (little-endian) order."""
    words = [bytes.fromhex(hexadecimal[start : start + 8])[::-1] for start in range(0, len(hexadecimal), 8)]
    return ipaddress.ip_address(b"".join(words))


def _family(pid: int) -> set[int]:
    family = {pid}
    for process in sorted(int(path.name) for path in Path("/proc").glob("[0-9]*")):
        if _parent(process) in family:
            family.add(process)
    return family


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _sockets(family: set[int]) -> set[str]:
    inodes = set()
    for pid in family:
        try:
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    inodes.add(target[len("socket:[") : -1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return inodes
