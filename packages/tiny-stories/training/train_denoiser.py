"""Trains the denoiser: next tokens first, then masked diffusion with the same shifted head."""

import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from data import RESPONSE, Stories
from denoiser import Denoiser
from optimiser import Optimiser, trapezoid

CHUNK = 112
WINDOWS = [(10, 18), (14, 26), (22, 36), (30, 48)]
FLOOR = 0.2  # The weight 1/t is capped at 1/FLOOR: the expectation changes little, the variance a lot.


class Batches:
    """Batches that depend on the step alone, so that a resumed run sees what it would have seen."""

    def __init__(self, stories: Stories, size: int, seed: int):
        self.stories, self.size, self.seed = stories, size, seed
        tokenizer = stories.tokenizer
        self.mask, self.pad = tokenizer.token_to_id("<|mask|>"), tokenizer.token_to_id("<|endoftext|>")
        self.end = tokenizer.token_to_id("<|im_end|>")

    def running(self, step: int) -> torch.Tensor:
        """Running text and chat samples for next-token training, [B, CHUNK + 1]."""
        rng = np.random.default_rng((self.seed, 1, step))
        rows = [self.stories.chunk(rng, CHUNK + 1) for _ in range(self.size)]
        for row in range(0, self.size, 8):  # one in eight shows the chat format
            sample = self.stories.sample(rng, ended=rng.random() < 0.4, fewest=26, most=48)
            tokens = [*self.stories.prompt(sample.opening), *sample.response]
            tokens += [self.end, *[self.pad] * CHUNK] if sample.ended else list(rows[row])
            rows[row] = np.array(tokens[: CHUNK + 1])
        return torch.from_numpy(np.stack(rows))

    def masked(self, step: int, chat: float = 0.65):
        """clean [B, S], noisy [B, S], attended [B, S], weights [B, S] (zero where nothing is masked)."""
        rng = np.random.default_rng((self.seed, 2, step))
        fewest, most = WINDOWS[int(rng.integers(len(WINDOWS)))]
        rows, maskable, scale = [], [], []
        for index in range(self.size):
            if index < round(chat * self.size):
                sample = self.stories.sample(rng, rng.random() < 0.4, fewest, most)
                prompt = self.stories.prompt(sample.opening)
                tail = [self.end] if sample.ended else []
                padding = RESPONSE - len(sample.response) - len(tail)
                rows.append([*prompt, *sample.response, *tail, *[self.pad] * padding])
                maskable.append([0] * len(prompt) + [1] * RESPONSE)
                # A story's padding is easy and plentiful: it counts a tenth.
                content = len(sample.response) + len(tail)
                scale.append([1.0] * (len(prompt) + content) + [0.1] * padding)
            else:
                rows.append(list(self.stories.chunk(rng, CHUNK)))
                maskable.append([0] + [1] * (CHUNK - 1))
                scale.append([RESPONSE / CHUNK] * CHUNK)
        length = max(map(len, rows))
        fill = lambda lists, value: np.array([[*row, *[value] * (length - len(row))] for row in lists])
        clean, can, scale = fill(rows, self.pad), fill(maskable, 0), fill(scale, 0.0)
        attended = np.arange(length) < np.array([len(row) for row in rows])[:, None]
        times = (rng.permutation(self.size) + rng.random(self.size)) / self.size  # one t per stratum
        masked = (rng.random(clean.shape) < times[:, None]) & (can == 1)
        noisy = np.where(masked, self.mask, clean)
        weights = masked * scale / np.maximum(times, FLOOR)[:, None]
        exact = masked * (scale > 0.5) / np.maximum(times, 1e-3)[:, None]
        as_tensor = lambda a, kind: torch.from_numpy(np.ascontiguousarray(a)).to(kind)
        return (
            as_tensor(clean, torch.long),
            as_tensor(noisy, torch.long),
            as_tensor(attended, torch.bool),
            as_tensor(weights, torch.float32),
            as_tensor(exact, torch.float32),
            int((can * (scale > 0.5)).sum()),
        )


def next_token_loss(model: Denoiser, tokens: torch.Tensor) -> torch.Tensor:
    logits = model.head(model(tokens[:, :-1], causal=True))
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def masked_losses(model: Denoiser, clean, noisy, attended, weights) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross entropies [M] of the masked tokens and their rows and columns [M, 2]; the head runs there alone."""
    where = weights.nonzero()
    hidden = model(noisy, attended)[where[:, 0], where[:, 1] - 1]
    return F.cross_entropy(model.head(hidden), clean[where[:, 0], where[:, 1]], reduction="none"), where


@torch.no_grad()
def validate(model: Denoiser, batches: Batches, count: int = 12) -> float:
    """Upper bound on the nats per token of held-out responses: cross entropies over t, t uniform."""
    model.eval()
    total = tokens = 0.0
    for step in range(count):
        clean, noisy, attended, _, exact, size = batches.masked(step, chat=1.0)
        losses, where = masked_losses(model, clean, noisy, attended, exact)
        total += (losses * exact[where[:, 0], where[:, 1]]).sum().item()
        tokens += size
    model.train()
    return total / tokens


def train_denoiser(
    train: Stories, held: Stories, run: Path, steps: int, batch: int = 32, causal: float = 0.5, export=None, seed: int = 7
) -> Denoiser:
    torch.manual_seed(seed)
    model = Denoiser()
    optimiser = Optimiser(model)
    batches, check = Batches(train, batch, seed), Batches(held, 64, seed + 1)
    path, start = run / "denoiser.pt", 0
    if path.exists():
        state = torch.load(path, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load(state["optimiser"])
        start = state["step"]
    switch = round(causal * steps)
    seen, running, clock = 0, 0.0, time.time()
    for step in range(start, steps):
        if step < switch:
            tokens = batches.running(step)
            loss = next_token_loss(model, tokens)
            seen += tokens.numel()
        else:
            clean, noisy, attended, weights, _, _ = batches.masked(step)
            losses, where = masked_losses(model, clean, noisy, attended, weights)
            loss = (losses * weights[where[:, 0], where[:, 1]]).sum() / (batch * RESPONSE)
            seen += clean.numel()
        loss.backward()
        optimiser.step(trapezoid(step, steps, decay=0.25))
        running = loss.item() if step == start or step == switch else 0.98 * running + 0.02 * loss.item()
        if (step + 1) % 20 == 0:
            pace = (time.time() - clock) / (step + 1 - start)
            left = pace * (steps - step - 1) / 60
            kind = "causal" if step < switch else "masked"
            print(
                f"denoiser {step + 1}/{steps} {kind} loss {running:.3f} {seen / (time.time() - clock):.0f} tokens/s"
                f" {pace:.2f} s/step left {left:.0f} min {time.strftime('%H:%M:%S')}",
                flush=True,
            )
        if (step + 1) % 100 == 0 or step + 1 == steps:
            torch.save({"model": model.state_dict(), "optimiser": optimiser.state(), "step": step + 1}, path.with_suffix(".tmp"))
            path.with_suffix(".tmp").replace(path)
        if (step + 1) % 250 == 0 or step + 1 == steps:
            bound = validate(model, check)
            print(f"denoiser {step + 1}/{steps} validation bound {bound:.4f} nats per token", flush=True)
            if export:
                export(model)
    return model
