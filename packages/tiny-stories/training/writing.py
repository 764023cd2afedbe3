"""Responses that a denoiser writes: what a reward and a judge have to tell from real ones."""

from pathlib import Path

import torch
from chat import END, MASK, PAD, Chat, Pool
from data import RESPONSE
from denoiser import Denoiser
from device import DEVICE, autocast
from safetensors.torch import load_file
from torch import Tensor


def load_denoiser(path: Path) -> Denoiser:
    """From a checkpoint's model.safetensors, or from a file of a run."""
    weights = load_file(path) if path.suffix == ".safetensors" else torch.load(path, map_location="cpu")
    model = Denoiser()
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return model.to(DEVICE).eval().requires_grad_(False)


class Newest:
    """The denoiser of a file that another job writes anew now and then; `base` while there is none."""

    def __init__(self, path: Path, base: Denoiser):
        self.path, self.seen, self.model, self.is_base = path, 0.0, base, True

    def refresh(self) -> None:
        try:
            changed = self.path.stat().st_mtime
        except FileNotFoundError:
            return
        if changed > self.seen:
            self.model, self.seen, self.is_base = load_denoiser(self.path), changed, False


@torch.no_grad()
def fill(model: Denoiser, tokens: Tensor, starts: Tensor, masked: Tensor, steps: int, temperature: float) -> Tensor:
    """Responses [B, 64] after `steps` steps, most certain places first; `masked` [B, 64] says what is to be written."""
    places = starts[:, None] + torch.arange(RESPONSE, device=DEVICE)
    rows = torch.arange(len(tokens), device=DEVICE)[:, None]
    tokens, masked = tokens.long().clone(), masked.clone()
    tokens[rows, places] = torch.where(masked, MASK, tokens[rows, places])
    attended = torch.arange(tokens.shape[1], device=DEVICE)[None] < starts[:, None] + RESPONSE
    for step in range(steps):
        with autocast():
            logits = model.head(model(tokens, attended)[rows, places - 1])
        logits = logits.float()
        logits[..., MASK] = -torch.inf
        top, index = logits.topk(48, dim=-1)
        p = torch.softmax(top / temperature, -1)
        p = torch.where(p.cumsum(-1) - p < 0.95, p, 0.0)
        p = p / p.sum(-1, keepdim=True)
        entropy = -torch.xlogy(p, p).sum(-1).masked_fill(~masked, torch.inf)
        drawn = index.gather(-1, torch.multinomial(p.flatten(0, 1), 1).view(len(tokens), RESPONSE, 1))[..., 0]
        share = -(-masked.sum(1) // (steps - step))
        rank = entropy.argsort(1).argsort(1)
        chosen = (rank < share[:, None]) & masked
        tokens[rows, places] = torch.where(chosen, drawn, tokens[rows, places])
        masked &= ~chosen
    return tokens[rows, places].int()


class Writer:
    """Continues the pool's openings."""

    def __init__(self, chat: Chat, pool: Pool):
        self.chat, self.pool = chat, pool

    def write(self, model: Denoiser, index: Tensor, steps: int, temperature: float, share: Tensor | None = None):
        """(responses [B, 64], lengths [B]); `share` [B] of the places is written anew, all of them if None"""
        pool = self.pool
        full = torch.full_like(pool.opening_length[index], RESPONSE)
        tokens, starts, _ = self.chat.rows(pool.opening[index], pool.opening_length[index], pool.filled[index], full, False)
        masked = torch.ones(len(index), RESPONSE, dtype=torch.bool, device=DEVICE)
        if share is not None:
            scattered = torch.rand(masked.shape, device=DEVICE) < share[:, None]
            first = torch.rand(len(index), device=DEVICE) * (1 - share) * RESPONSE
            place = torch.arange(RESPONSE, device=DEVICE)[None]
            span = (place >= first[:, None]) & (place <= first[:, None] + share[:, None] * RESPONSE)
            masked = torch.where(torch.rand(len(index), 1, device=DEVICE) < 0.5, scattered, span)
        return finished(fill(model, tokens, starts, masked, steps, temperature))


def finished(responses: Tensor) -> tuple[Tensor, Tensor]:
    """The responses with padding from the first end on, and their lengths."""
    stop = (responses == END) | (responses == PAD)
    length = torch.where(stop.any(1), stop.int().argmax(1), RESPONSE)
    return torch.where(torch.arange(RESPONSE, device=DEVICE)[None] < length[:, None], responses, PAD), length


def trimmed(ended: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Two lengths: what is cut off is cut at one length, so that length says nothing."""
    chance = lambda p: torch.rand(len(a), device=DEVICE) < p
    cut = ~ended | chance(0.3)
    shorter = torch.minimum(a, b)
    random = torch.randint(12, RESPONSE, (len(a),), device=DEVICE)
    length = torch.where(chance(0.25), torch.minimum(shorter, random), shorter)
    return torch.where(cut, length, a), torch.where(cut, length, b)
