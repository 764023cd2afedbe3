"""Where it runs: on a GPU in bfloat16 and compiled, or on the processor in float32 with smaller batches."""

import os
from contextlib import contextmanager

import torch

CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")
torch.set_float32_matmul_precision("high")


def rows(gpu: int, cpu: int) -> int:
    """Rows of a batch; SMALL=4 is for trying the scripts out."""
    return int(os.environ.get("SMALL", 0)) or (gpu if CUDA else cpu)


def autocast():
    return torch.autocast("cuda", dtype=torch.bfloat16, enabled=CUDA)


@contextmanager
def exact():
    """float32 products without the tensor cores' short cuts, for what is reported."""
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision("high")


def compiled(function):
    return torch.compile(function, dynamic=False) if CUDA else function


def settle() -> None:
    """The clock is about what has been done, not about what has been queued."""
    if CUDA:
        torch.cuda.synchronize()
