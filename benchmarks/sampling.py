"""Looks into a running server many times a second, from outside: what it was at, without slowing it down."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.peers.install import cache

SAMPLER = "py-spy==0.4.1"
TIMES = 250
SHOWN = 40


def sampler() -> Path:
    """Return the program that samples; it is fetched into the cache folder once."""
    folder = cache() / SAMPLER.replace("==", "-")
    program = folder / "bin" / "py-spy"
    if not program.is_file():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), SAMPLER]
        subprocess.run(command, check=True)
    return program


def begin(pid: int, seconds: float, file: Path) -> subprocess.Popen[bytes]:
    """Begin to sample a process; it ends by itself."""
    options = [
        "--rate",
        str(TIMES),
        "--duration",
        str(max(1, round(seconds))),
        "--format",
        "raw",
        "--nonblocking",
    ]
    command = [str(sampler()), "record", *options, "--output", str(file), "--pid", str(pid)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stacks(file: Path) -> Iterator[tuple[list[str], int]]:
    """Yield each stack that was seen, outermost first, and how often; other lines are the sampler's own."""
    for line in file.read_text(encoding="utf-8").splitlines():
        frames, _, count = line.rpartition(" ")
        if frames and count.isdecimal():
            yield frames.split(";"), int(count)


def shares(file: Path) -> str:
    """Return the functions that were at work, and those under way, by their share of the samples."""
    own: Counter[str] = Counter()
    under_way: Counter[str] = Counter()
    total = 0
    for frames, count in stacks(file):
        total += count
        own[frames[-1]] += count
        for frame in set(frames):
            under_way[frame] += count
    return f"{total} samples\nat work\n{listed(own, total)}\n\nunder way\n{listed(under_way, total)}\n"


def listed(seen: Counter[str], total: int) -> str:
    """Return the most frequent entries with their share."""
    return "\n".join(f"{count / total:>7.1%}  {frame}" for frame, count in seen.most_common(SHOWN))
