"""Openings and responses as rows of tokens on the device, and the chat template around them."""

import numpy as np
import torch
from data import RESPONSE
from device import DEVICE
from tokenizers import Tokenizer
from torch import Tensor

PAD, START, END, MASK = 2044, 2045, 2046, 2047


def load(path, prefixes: tuple[str, ...]) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return {name: file[name] for name in file.files if name.startswith(prefixes)}


def padded(data: dict, name: str, width: int, fill: int = PAD) -> tuple[Tensor, Tensor]:
    """[N, width] and the lengths [N] of the ragged rows `name`, on the device; longer rows are cut."""
    flat, lengths = data[name].astype(np.int32), data[name + ".n"].astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    lengths = np.minimum(lengths, width)
    index = starts[:, None] + np.arange(width)
    rows = np.where(np.arange(width) < lengths[:, None], flat[np.minimum(index, len(flat) - 1)], fill)
    return torch.from_numpy(rows.astype(np.int32)).to(DEVICE), torch.from_numpy(lengths).to(DEVICE)


class Pool:
    """Openings and their continuations of up to 64 tokens; `filled` has the end token and padding behind."""

    def __init__(self, data: dict, name: str):
        self.opening, self.opening_length = padded(data, name + ".opening", 48)
        self.response, self.length = padded(data, name + ".response", RESPONSE)
        self.ended = torch.from_numpy(data[name + ".ended"]).to(DEVICE)
        self.filled = self.response.clone()
        ended = self.ended.nonzero()[:, 0]
        self.filled[ended, self.length[ended]] = END
        self.content = self.length + self.ended

    def __len__(self) -> int:
        return len(self.opening)

    def draw(self, count: int) -> Tensor:
        return torch.randint(len(self), (count,), device=DEVICE)


class Chat:
    """The chat template, assembled on the device into rows of `length` tokens."""

    def __init__(self, tokenizer: Tokenizer, length: int):
        as_row = lambda text: torch.tensor(tokenizer.encode(text).ids, dtype=torch.int32, device=DEVICE)
        self.head = as_row("<|im_start|>user\nComplete this story:")
        self.middle = as_row("<|im_end|>\n<|im_start|>assistant\n")
        self.tail = as_row("<|im_end|>\n")
        self.length = length
        self.place = torch.arange(length, device=DEVICE)[None]

    def rows(self, opening: Tensor, opening_length: Tensor, response: Tensor, response_length: Tensor, tail: bool):
        """tokens [B, length], where the response begins [B], and the row's number of tokens [B]"""
        count, place = len(opening), self.place
        end = self.tail if tail else self.tail[:0]
        spread = lambda row: row.expand(count, -1)
        pad = torch.full((count, 1), PAD, dtype=opening.dtype, device=opening.device)
        row = torch.cat([spread(self.head), opening, spread(self.middle), response, spread(end), pad], 1)
        h, o, m, r = len(self.head), opening.shape[1], len(self.middle), response.shape[1]
        a = (h + opening_length)[:, None]
        b = a + m
        c = b + response_length[:, None]
        d = c + len(end)
        index = torch.where(place < a, place, place - a + h + o)
        index = torch.where(place < b, index, place - b + h + o + m)
        index = torch.where(place < c, index, place - c + h + o + m + r)
        index = torch.where(place < d, index, torch.full_like(index, row.shape[1] - 1))
        return row.gather(1, index), b[:, 0], d[:, 0]
