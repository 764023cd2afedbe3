"""The same made-up inputs as ../src/inputs/fixed-mix.ts, half-masked.ts, hash.ts and synthetic-logits.ts."""

import numpy as np
import torch
from torch import Tensor

SPECIAL = slice(2044, 2048)
COLUMNS, FIRST = 64, 300
HEAD, POOL, DEPTH = 200, 4096, -25


def hash(n: np.ndarray) -> np.ndarray:
    """Whole numbers in [0, 2^32) that look random."""
    x = (n.astype(np.uint32) + np.uint32(1)) * np.uint32(0x9E3779B1)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def fixed_mix(trajectories: int, length: int) -> dict[str, Tensor]:
    """Every slot a mixture of 64 candidates, part soft and part hard."""
    slot = torch.arange(trajectories * length)
    # The flat index plus the slot: the slot's part of the index is a multiple of 64.
    probs = ((slot[:, None] + torch.arange(COLUMNS)) % COLUMNS + 1) / 2080
    return {
        "tokens": FIRST + slot * 37 % 1000,
        "candidates": FIRST + torch.arange(COLUMNS),
        "probs": probs.float(),
        "weights": (slot % 5)[:, None] / 4,
    }


def half_masked(prefix: list[int], trajectories: int, length: int, mask_id: int) -> Tensor:
    """Token ids [trajectories, prefix + length], every other token of the response masked."""
    slot = torch.arange(trajectories * length)
    response = torch.where(slot % length % 2 == 0, mask_id, FIRST + slot * 37 % 1000)
    before = torch.tensor(prefix).expand(trajectories, -1)
    return torch.cat([before, response.view(trajectories, length)], dim=1)


def logits(kind: str, rows: int, size: int) -> Tensor:
    """[rows, size]; -inf at special tokens. synthetic-logits.ts describes the distributions."""
    values = np.empty((rows, size), np.float32)
    for row in range(rows):
        noise = hash(np.arange(row * size, (row + 1) * size)) / 2**32 - 0.5
        values[row] = (DEPTH if kind == "peaked" else 0) + np.sqrt(12) * noise
    if kind == "peaked":
        ids = (hash(10**9 + np.arange(POOL)) % np.uint32(size - 4)).astype(np.int64)
        pool = np.where(ids < SPECIAL.start, ids, ids + 4)
        every = np.arange(rows)
        for rank in reversed(range(HEAD)):
            tokens = pool[hash(2 * 10**9 + every * HEAD + rank) % np.uint32(POOL)]
            values[every, tokens] = -1.2 * np.log(1 + rank)
    values[:, SPECIAL] = -np.inf
    return torch.from_numpy(values)
