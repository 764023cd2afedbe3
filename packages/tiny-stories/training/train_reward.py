"""The rewards' jobs: next tokens first, then Bradley–Terry on prepared pairs and on pairs made on the device."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from chat import Chat, Pool, load, padded
from checkpoint import store_reward
from data import RESPONSE
from device import CUDA, DEVICE, autocast, exact, rows
from optimizer import Optimizer
from reward import MoodConfig, Reward, RewardConfig
from tokenizers import Tokenizer
from torch import Tensor
from trainer import Job, Phase
from writing import Newest, Writer, load_denoiser, trimmed

LENGTH = 136
DROPOUT = 0.1
DEVIATION = 2.5
PLACE = torch.arange(LENGTH, device=DEVICE)[None]
MOOD = ("joy stuffed", "happy over sad", "happy over sad, same prompt", "opposites", "reviews")
HEAVY = {"other story": 3, "names of another story": 3, "written by a denoiser": 3, "two fifths written by a denoiser": 2}


class Trained(Reward):
    def forward(self, x: Tensor) -> Tensor:
        drop = lambda y: F.dropout(y, DROPOUT, self.training)
        x = drop(x)
        cos, sin = self.cos[: x.shape[1]], self.sin[: x.shape[1]]
        for layer in self.model.layers:
            x = x + drop(layer.self_attn(layer.input_layernorm(x), cos, sin))
            x = x + drop(layer.mlp(layer.post_attention_layernorm(x)))
        return self.model.norm(x)


def loss_of(model, tokens, last, weights, preference):
    """tokens [2B, LENGTH]: chosen, then rejected. `weights` [2B, LENGTH] of the next-token loss; `preference` turns Bradley–Terry on."""
    with autocast():
        hidden = model(model.model.embed_tokens(tokens))
        logits = model.head(hidden)
    losses = F.cross_entropy(logits.flatten(0, 1).float(), tokens.roll(-1, 1).flatten(), reduction="none")
    words = (losses * weights.flatten()).sum() / weights.sum().clamp_min(1.0)
    at = hidden.float().gather(1, last[:, None, None].expand(-1, 1, hidden.shape[2]))[:, 0]
    chosen, rejected = (at * model.score.weight[0]).sum(-1).chunk(2)
    # The small penalty holds the mean of the rewards at zero.
    pair = F.softplus(rejected - chosen).mean() + 0.01 * (chosen + rejected).square().mean()
    return preference * pair + (1 - 0.9 * preference) * words


@dataclass
class Sides:
    """Pairs: opening and response of the better side, then of the worse one, each with its lengths."""

    columns: list[Tensor]

    def rows(self, chat: Chat) -> tuple[Tensor, Tensor]:
        """tokens [2B, LENGTH] and the place of each row's last token [2B]"""
        o0, n0, good, gn, o1, n1, bad, bn = self.columns
        a, _, an = chat.rows(o0, n0, good, gn, True)
        b, _, bn = chat.rows(o1, n1, bad, bn, True)
        return torch.cat((a, b)).long(), torch.cat((an, bn)) - 1


def together(parts: list[Sides]) -> Sides:
    return Sides([torch.cat(columns) for columns in zip(*(part.columns for part in parts), strict=True)])


class Prepared:
    def __init__(self, data: dict, name: str):
        self.o0, self.n0 = padded(data, name + ".o0", 48)
        o1, n1 = padded(data, name + ".o1", 48)
        same = n1 == 0  # An empty second opening means that it is the first one.
        self.o1, self.n1 = torch.where(same[:, None], self.o0, o1), torch.where(same, self.n0, n1)
        self.good, self.gn = padded(data, name + ".good", RESPONSE)
        self.bad, self.bn = padded(data, name + ".bad", RESPONSE)
        self.kind = torch.from_numpy(data[name + ".kind"].astype(np.int64)).to(DEVICE)

    def take(self, index: Tensor) -> Sides:
        return Sides([t[index] for t in (self.o0, self.n0, self.good, self.gn, self.o1, self.n1, self.bad, self.bn)])

    def draw(self, count: int) -> Sides:
        return self.take(torch.randint(len(self.kind), (count,), device=DEVICE))

    def only(self, kinds: list[int]) -> "Only":
        return Only(self, torch.isin(self.kind, torch.tensor(kinds, device=DEVICE)).nonzero()[:, 0])


@dataclass
class Only:
    prepared: Prepared
    index: Tensor

    def draw(self, count: int) -> Sides:
        return self.prepared.take(self.index[torch.randint(len(self.index), (count,), device=DEVICE)])


def real_over(pool: Pool, index: Tensor, bad: Tensor, bn: Tensor) -> Sides:
    """A real response over another one to the same opening."""
    # A response that is hardly there is taken from another story instead: shortness alone should say little.
    other, short = index.roll(1), bn < 8
    bad = torch.where(short[:, None], pool.response[other], bad)
    bn = torch.where(short, pool.length[other], bn)
    gn, bn = trimmed(pool.ended[index], pool.length[index], bn)
    opening, on = pool.opening[index], pool.opening_length[index]
    return Sides([opening, on, pool.response[index], gn, opening, on, bad, bn])


def other_story(pool: Pool, count: int) -> Sides:
    index, other = pool.draw(count), pool.draw(count)
    return real_over(pool, index, pool.response[other], pool.length[other])


class Ring:
    """The last `size` rows of what a denoiser wrote: the opening's index, then responses with their lengths."""

    def __init__(self, size: int, responses: int):
        self.size, self.at, self.count = size, 0, 0
        empty = lambda *shape: torch.zeros(size, *shape, dtype=torch.int32, device=DEVICE)
        self.columns = [empty().long()]
        for _ in range(responses):
            self.columns += [empty(RESPONSE), empty().long()]

    def add(self, *values: Tensor) -> None:
        count = len(values[0])
        place = (torch.arange(count, device=DEVICE) + self.at) % self.size
        for column, new in zip(self.columns, values, strict=True):
            column[place] = new
        self.at, self.count = self.at + count, min(self.size, self.count + count)

    def take(self, count: int) -> list[Tensor]:
        which = torch.randint(self.count, (count,), device=DEVICE)
        return [column[which] for column in self.columns]


def many_over_few(pool: Pool, index: Tensor, good: Tensor, gn: Tensor, worse: Tensor, wn: Tensor) -> Sides:
    short = (gn < 8) | (wn < 8)
    good, gn = torch.where(short[:, None], pool.response[index], good), torch.where(short, pool.length[index], gn)
    other = index.roll(1)
    worse, wn = torch.where(short[:, None], pool.response[other], worse), torch.where(short, pool.length[other], wn)
    gn, wn = trimmed(torch.zeros_like(short), gn, wn)
    opening, on = pool.opening[index], pool.opening_length[index]
    return Sides([opening, on, good, gn, opening, on, worse, wn])


class Ranked:
    """Pairs of responses that the same denoiser wrote in many and in few steps: what guidance's candidates differ in."""

    def __init__(self, size: int, writer: Writer, newest: Newest):
        self.ring, self.writer, self.newest = Ring(size, 2), writer, newest
        self.rng = np.random.default_rng(6)

    def add(self, count: int) -> None:
        index = self.writer.pool.draw(count)
        write = lambda steps, temperatures: self.writer.write(
            self.newest.model, index, int(self.rng.choice(steps)), float(self.rng.choice(temperatures))
        )
        self.ring.add(index, *write([24, 48, 64], [0.5, 0.7]), *write([1, 2, 4, 6], [0.7, 1.0]))

    def draw(self, count: int) -> Sides:
        return many_over_few(self.writer.pool, *self.ring.take(count))


class Written:
    """Pairs with responses that this run's denoiser, and in a fifth the one it starts from, wrote: 1 to 64 steps, 30 to 100 % of the places."""

    def __init__(self, size: int, writer: Writer, newest: Newest, base):
        self.ring, self.writer, self.newest, self.base = Ring(size, 1), writer, newest, base
        self.rng = np.random.default_rng(5)

    def add(self, count: int) -> None:
        steps = int(self.rng.choice([1, 2, 4, 8, 16, 32, 64], p=[0.12, 0.14, 0.18, 0.20, 0.18, 0.12, 0.06]))
        temperature = float(self.rng.choice([0.3, 0.7, 1.0], p=[0.2, 0.5, 0.3]))
        model = self.newest.model if self.rng.random() < 0.8 else self.base
        index = self.writer.pool.draw(count)
        whole = torch.rand(count, device=DEVICE) < 0.45
        share = torch.where(whole, 1.0, 0.3 + 0.7 * torch.rand(count, device=DEVICE))
        self.ring.add(index, *self.writer.write(model, index, steps, temperature, share))

    def draw(self, count: int) -> Sides:
        return real_over(self.writer.pool, *self.ring.take(count))


def draws(shares: list[tuple[float, Callable[[int], Sides]]], size: int) -> Callable[[], Sides]:
    counts = [round(share * size) for share, _ in shares]
    counts[0] += size - sum(counts)
    return lambda: together([draw(count) for count, (_, draw) in zip(counts, shares, strict=True) if count > 0])


@torch.no_grad()
def in_order(model: Reward, tokens: Tensor, last: Tensor) -> tuple[float, Tensor]:
    """Share of pairs in the right order, and all rewards."""
    with exact():
        parts = zip(tokens.split(1024), last.split(1024), strict=True)
        scores = torch.cat([model.rewards(model.model.embed_tokens(t), at) for t, at in parts])
    chosen, rejected = scores.chunk(2)
    return (chosen > rejected).float().mean().item(), scores


def reward_job(name: str, prepared: Path, tokenizer: Tokenizer, run: Path, out: Path, base: Path) -> Job:
    """`name`: 'reward', which knows the prompt and sense, or 'mood', which is shown pairs of feeling alone."""
    config = {"reward": RewardConfig, "mood": MoodConfig}[name]
    data = load(prepared, ("pool.", "pairs.", "held.", "heldpairs.", "stream."))
    kinds = json.loads(prepared.with_name("kinds.json").read_text())["pairs"]
    chat, writing = Chat(tokenizer, LENGTH), Chat(tokenizer, 128)
    pool, held = Pool(data, "pool"), Pool(data, "held")
    pairs, check = Prepared(data, "pairs"), Prepared(data, "heldpairs")
    size = rows(384, 24)
    model, average = Trained(config).to(DEVICE), Reward(config).to(DEVICE)
    stream = torch.cat([torch.from_numpy(data["stream." + n][:3_000_000].astype("int32")) for n in ("tinystories", "storybooks")]).to(DEVICE)
    yes, no = torch.ones((), device=DEVICE), torch.zeros((), device=DEVICE)

    def words():
        start = torch.randint(len(stream) - LENGTH, (2 * size, 1), device=DEVICE)
        weights = torch.ones(2 * size, LENGTH, device=DEVICE)
        weights[:, -1] = 0
        return stream[start + PLACE].long(), torch.full((2 * size,), LENGTH - 1, device=DEVICE), weights, no

    begin, after = lambda: None, lambda step: None
    tests = {kind: check.take((check.kind == i).nonzero()[:, 0]) for i, kind in enumerate(kinds) if name == "reward" or kind in MOOD}
    if name == "mood":
        draw = draws([(1.0, pairs.only([kinds.index(kind) for kind in MOOD]).draw)], size)
    else:
        first = load_denoiser(base / "model.safetensors")
        newest = Newest(run / "denoiser.pt", first)
        written = Written(rows(32768, 512), Writer(writing, pool), newest, first)
        ranked = Ranked(rows(16384, 256), Writer(writing, pool), newest)
        sources = [(0.50, pairs.draw), (0.13, lambda n: other_story(pool, n)), (0.27, written.draw), (0.10, ranked.draw)]
        draw = draws(sources, size)
        every = torch.arange(min(len(held), rows(len(held), 192)), device=DEVICE)
        write = Writer(writing, held).write
        tests["written by a denoiser"] = real_over(held, every, *write(first, every, 32, 0.7))
        share = torch.full((len(every),), 0.4, device=DEVICE)
        tests["two fifths written by a denoiser"] = real_over(held, every, *write(first, every, 8, 0.7, share))
        tests["many steps over few"] = many_over_few(held, every, *write(first, every, 32, 0.7), *write(first, every, 2, 1.0))

        def begin():
            newest.refresh()
            for _ in range(24):
                written.add(rows(512, 16))
            for _ in range(8):
                ranked.add(rows(256, 8))

        def after(step: int) -> None:
            if step % 8 == 0:
                written.add(rows(512, 16))
            if step % 32 == 0:
                ranked.add(rows(256, 8))
            if step % 200 == 0:
                newest.refresh()

    def preferences():
        tokens, last = draw().rows(chat)
        weights = (PLACE < last[:, None]).float()
        weights[size:] = 0  # Only real text is to be predicted, not what is worse.
        return tokens, last, weights, yes

    spread = {"std": 1.0}

    def measure(average: Reward):
        results = {kind: in_order(average, *sides.rows(chat)) for kind, sides in tests.items()}
        right = {kind: round(share, 4) for kind, (share, _) in results.items()}
        spread["std"] = float(torch.cat([scores for _, scores in results.values()]).std())
        weight = {kind: HEAVY.get(kind, 1) for kind in right}
        return -sum(right[k] * w for k, w in weight.items()) / sum(weight.values()), {"right": right}

    def store(weights: dict, facts: dict) -> None:
        # The score is scaled so that held-out rewards have a standard deviation of 2.5; orders stay as they are.
        weights["score.weight"] *= DEVIATION / spread["std"]
        store_reward(out / name, weights, config, tokenizer, facts)

    phases = [Phase("next tokens", 0.15, words, measured=False), Phase("Bradley–Terry", 0.85, preferences, rate=0.5, begin=begin)]
    return Job(name, model, average, loss_of, phases, measure, store, Optimizer, after=after)
