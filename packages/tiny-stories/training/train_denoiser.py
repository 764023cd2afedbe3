"""The denoiser's job: next tokens first, then masked diffusion with the same shifted head."""

from pathlib import Path

import torch
import torch.nn.functional as F
from chat import MASK, Chat, Pool, load
from checkpoint import store_denoiser
from data import RESPONSE
from denoiser import Denoiser
from device import CUDA, DEVICE, autocast, exact, rows
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from trainer import Job, Phase, write_whole

LENGTH = 128
FLOOR = 0.1  # The weight 1/t is capped at 1/FLOOR: the expectation changes little, the variance a lot.
DROPOUT = 0.05
PLACE = torch.arange(LENGTH, device=DEVICE)[None]


class Trained(Denoiser):
    """The denoiser with dropout, and with a mask for every pair of places."""

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        drop = lambda x: F.dropout(x, DROPOUT, self.training)
        x = drop(self.model.embed_tokens(tokens))
        cos, sin = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        for layer in self.model.layers:
            x = x + drop(layer.self_attn(layer.input_layernorm(x), cos, sin, mask, False))
            x = x + drop(layer.mlp(layer.post_attention_layernorm(x)))
        return self.model.norm(x)


class Batches:
    """Rows of chats and of running text: clean, noisy, attended, weights of the losses, which pairs of places see each other."""

    def __init__(self, size: int, prepared: Path, tokenizer: Tokenizer):
        data = load(prepared, ("pool.", "stream."))
        self.size, self.pool, self.chat = size, Pool(data, "pool"), Chat(tokenizer, LENGTH)
        streams = [torch.from_numpy(data["stream." + n].astype("int32")) for n in ("tinystories", "storybooks", "childrens-classics")]
        self.stream = torch.cat(streams).to(DEVICE)
        lengths = torch.tensor([len(s) for s in streams])
        self.lengths, self.firsts = (lengths - LENGTH - 1).to(DEVICE), (lengths.cumsum(0) - lengths).to(DEVICE)
        self.shares = torch.tensor([0.80, 0.15, 0.05], device=DEVICE)
        self.all = torch.ones(LENGTH, LENGTH, dtype=torch.bool, device=DEVICE)
        self.past = self.all.tril()

    def running(self, count: int) -> Tensor:
        which = torch.multinomial(self.shares, count, replacement=True)
        start = self.firsts[which] + (torch.rand(count, device=DEVICE, dtype=torch.float64) * self.lengths[which]).long()
        return self.stream[start[:, None] + PLACE]

    def chats(self, count: int):
        """tokens, attended, maskable, scale: all [B, LENGTH]"""
        pool, index = self.pool, self.pool.draw(count)
        full = torch.full_like(pool.opening_length[index], RESPONSE)
        tokens, starts, ends = self.chat.rows(pool.opening[index], pool.opening_length[index], pool.filled[index], full, False)
        inside = (starts[:, None] <= PLACE) & (PLACE < ends[:, None])
        content = PLACE < (starts + pool.content[index])[:, None]
        # A story's padding is easy and plentiful: it counts a tenth.
        return tokens, PLACE < ends[:, None], inside, torch.where(content, 1.0, 0.1)

    def masked(self):
        count = round(0.65 * self.size)
        tokens, attended, can, scale = self.chats(count)
        text = self.running(self.size - count)
        yes = torch.ones_like(text, dtype=torch.bool)
        clean, attended = torch.cat((tokens, text)).long(), torch.cat((attended, yes))
        can = torch.cat((can, yes & (PLACE > 0)))
        scale = torch.cat((scale, torch.full(text.shape, RESPONSE / LENGTH, device=DEVICE)))
        # A stratum for each row of each sort, so that no sort has a t of its own.
        t = torch.cat([(torch.randperm(n, device=DEVICE) + torch.rand(n, device=DEVICE)) / n for n in (count, self.size - count)])
        hit = (torch.rand(clean.shape, device=DEVICE) < t[:, None]) & can
        return clean, torch.where(hit, MASK, clean), attended, hit * scale / t.clamp_min(FLOOR)[:, None], self.all

    def causal(self):
        count = self.size // 4
        tokens, attended, _, _ = self.chats(count)
        text = self.running(self.size - count)
        clean = torch.cat((tokens, text)).long()
        attended = torch.cat((attended, torch.ones_like(text, dtype=torch.bool)))
        # Not the same tensor twice: torch.compile would take that for a property of the function.
        return clean, clean.clone(), attended, (attended & (PLACE > 0)) * (RESPONSE / LENGTH), self.past


class Bound:
    """Upper bound on the loss of held-out responses in nats per token, on batches that were prepared: exact weights 1/t, float32."""

    def __init__(self, prepared: Path, names: tuple[str, ...]):
        data = load(prepared, tuple(n + "." for n in names))
        put = lambda name, key: torch.from_numpy(data[f"{name}.{key}"]).to(DEVICE)
        self.sets = {
            n: (put(n, "clean").long(), put(n, "noisy").long(), put(n, "attended"), put(n, "exact"), float(data[n + ".size"]))
            for n in names
        }

    @torch.no_grad()
    def of(self, model: Denoiser, name: str) -> tuple[float, float]:
        """(sum of weighted losses, tokens)"""
        clean, noisy, attended, weights, size = self.sets[name]
        total = torch.zeros((), device=DEVICE, dtype=torch.float64)
        with exact():
            for part in torch.arange(len(clean), device=DEVICE).split(rows(384, 64)):
                where = weights[part].nonzero()
                hidden = model(noisy[part], attended[part])[where[:, 0], where[:, 1] - 1]
                losses = F.cross_entropy(model.head(hidden), clean[part][where[:, 0], where[:, 1]], reduction="none")
                total += (losses * weights[part][where[:, 0], where[:, 1]]).sum()
        return total.item(), size


def loss_of(model, clean, noisy, attended, weights, allowed):
    with autocast():
        hidden = model(noisy, attended[:, None, None, :] & allowed[None, None])
        logits = model.head(hidden)
    losses = F.cross_entropy(logits.flatten(0, 1).float(), clean.roll(-1, 1).flatten(), reduction="none")
    return (losses * F.pad(weights[:, 1:], (0, 1)).flatten()).sum() / (len(clean) * RESPONSE)


def denoiser_job(prepared: Path, tokenizer: Tokenizer, run: Path, out: Path, start: Path | None) -> Job:
    """`start`: a checkpoint to go on from, at 0.6 of the learning rate, instead of random weights and next tokens."""
    model, average = Trained().to(DEVICE), Denoiser().to(DEVICE)
    if start is not None:
        model.load_state_dict({n: t.float() for n, t in load_file(start / "model.safetensors").items()})
    batches = Batches(rows(512, 32), prepared, tokenizer)
    # Without a GPU the 12 batches of the data card alone: 36 more cost minutes.
    bound = Bound(prepared, ("valid", "wide", "seen") if CUDA else ("valid",))

    def measure(average: Denoiser):
        sums = {name: bound.of(average, name) for name in bound.sets}
        losses = {name: round(total / size, 4) for name, (total, size) in sums.items()}
        chosen = [sums[name] for name in sums if name != "seen"]
        write_whole(average.state_dict(), run / "denoiser.pt")
        return sum(total for total, _ in chosen) / sum(size for _, size in chosen), {"bound": losses}

    causal = Phase("next tokens", 0.07, batches.causal, measured=False)
    masked = Phase("masked diffusion", 0.93, batches.masked, fresh=False)
    only = Phase("masked diffusion", 1.0, batches.masked, rate=0.6)
    return Job(
        "denoiser",
        model,
        average,
        loss_of,
        [causal, masked] if start is None else [only],
        measure,
        lambda weights, facts: store_denoiser(out / "denoiser", weights, tokenizer, facts),
        decay=0.45,
        patience=5,
    )
