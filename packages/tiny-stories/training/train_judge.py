"""The judge's job: masked words first, then real or not; with words, a split and corruptions of its own, and no guidance ever reads it."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from chat import Chat, Pool, load, padded
from checkpoint import store_judge
from device import DEVICE, autocast, exact, rows
from judge import Judge, JudgeConfig
from optimizer import Optimizer
from tokenizers import Tokenizer
from torch import Tensor
from trainer import Job, Phase
from writing import Newest, Writer, load_denoiser, trimmed

LENGTH, OPENING, RESPONSE = 144, 54, 84
PLACE = torch.arange(LENGTH, device=DEVICE)[None]
ZERO, CLS, SEP, BLANK = 0, 2, 3, 4
HEAVY = {"stranger in its clothes": 2, "written by a denoiser": 2}


def laid_out(opening: Tensor, on: Tensor, response: Tensor, rn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """[CLS] prompt [SEP] response [SEP]: tokens, segments, attended, all [B, LENGTH]"""
    one = lambda token: torch.full((len(opening), 1), token, dtype=opening.dtype, device=DEVICE)
    row = torch.cat((one(CLS), opening, one(SEP), response, one(SEP), one(ZERO)), 1)
    o, r = opening.shape[1], response.shape[1]
    a, b = (1 + on)[:, None], (2 + on + rn)[:, None]
    index = torch.where(PLACE < a, PLACE, PLACE - a + 1 + o)  # [SEP] and the response
    index = torch.where(PLACE < b, index, torch.where(PLACE == b, 2 + o + r, 3 + o + r))
    attended = PLACE <= b
    return row.gather(1, index).long(), ((PLACE > a) & attended).long(), attended


def loss_of(model, noisy, clean, segments, attended, weights, judging):
    """Rows: real ones, then corrupt ones. `weights` [2B, LENGTH] of the words to be guessed; `judging` turns the verdict on."""
    with autocast():
        logits, hidden = model(noisy, segments, attended)
        words = F.linear(hidden, model.bert.embeddings.word_embeddings.weight)
    losses = F.cross_entropy(words.flatten(0, 1).float(), clean.flatten(), reduction="none")
    guess = (losses * weights.flatten()).sum() / weights.sum().clamp_min(1.0)
    real, corrupt = logits.float().chunk(2)
    verdict = 0.5 * (F.softplus(-real).mean() + F.softplus(corrupt).mean()) + 0.5 * F.softplus(corrupt - real).mean()
    return judging * verdict + (1 - judging) * guess


class Prepared:
    """Prompts with a real and a corrupt response, each with its length."""

    def __init__(self, data: dict, name: str):
        self.columns = [*padded(data, name + ".o0", OPENING, ZERO)]
        for side in (".good", ".bad"):
            self.columns += padded(data, name + side, RESPONSE, ZERO)
        self.kind = torch.from_numpy(data[name + ".kind"].astype(np.int64)).to(DEVICE)

    def take(self, index: Tensor) -> list[Tensor]:
        return [column[index] for column in self.columns]


class Written:
    """The last `size` responses of a denoiser beside the real ones, in the judge's words."""

    def __init__(self, size: int, bpe: Tokenizer, pieces: Tokenizer):
        self.size, self.bpe, self.pieces, self.count, self.at = size, bpe, pieces, 0, 0
        self.columns = []
        for width in (OPENING, RESPONSE, RESPONSE):
            self.columns += [torch.zeros(size, width, dtype=torch.int32, device=DEVICE), torch.zeros(size, dtype=torch.long, device=DEVICE)]

    def convert(self, pool: Pool, index: Tensor, responses: Tensor, length: Tensor) -> list[Tensor]:
        real, short = trimmed(pool.ended[index], pool.length[index], length)
        keep = (short >= 8) & (real >= 8)
        index, responses, real, short = index[keep], responses[keep], real[keep], short[keep]
        texts = lambda tokens, n: self.bpe.decode_batch([t[:k] for t, k in zip(tokens.tolist(), n.tolist(), strict=True)])
        openings = ["Complete this story:" + text for text in texts(pool.opening[index], pool.opening_length[index])]
        out = []
        for strings, width in ((openings, OPENING), (texts(pool.response[index], real), RESPONSE), (texts(responses, short), RESPONSE)):
            ids = [e.ids[:width] for e in self.pieces.encode_batch(strings, add_special_tokens=False)]
            out.append(torch.tensor([[*i, *[ZERO] * (width - len(i))] for i in ids], dtype=torch.int32).to(DEVICE))
            out.append(torch.tensor([len(i) for i in ids]).to(DEVICE))
        return out

    def add(self, *written) -> None:
        new = self.convert(*written)
        place = (torch.arange(len(new[0]), device=DEVICE) + self.at) % self.size
        for column, values in zip(self.columns, new, strict=True):
            column[place] = values
        self.at, self.count = self.at + len(new[0]), min(self.size, self.count + len(new[0]))

    def take(self, count: int) -> list[Tensor]:
        which = torch.randint(self.count, (count,), device=DEVICE)
        return [column[which] for column in self.columns]


@torch.no_grad()
def verdicts(model: Judge, columns: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Logits of the real responses and of the corrupt ones."""
    o, on, good, gn, bad, bn = columns
    with exact():
        judged = lambda part, response, rn: model(*laid_out(o[part], on[part], response[part], rn[part]))[0]
        parts = torch.arange(len(o), device=DEVICE).split(1024)
        return torch.cat([judged(p, good, gn) for p in parts]), torch.cat([judged(p, bad, bn) for p in parts])


def judge_job(prepared: Path, tokenizer: Tokenizer, run: Path, out: Path, base: Path) -> Job:
    data = load(prepared, ("judge",))
    pieces = Tokenizer.from_file(str(prepared.with_name("judge-tokenizer.json")))
    kinds = json.loads(prepared.with_name("kinds.json").read_text())["judge"]
    pairs, check = Prepared(data, "judge"), Prepared(data, "judgeheldpairs")
    pool, held, writing = Pool(data, "judgepool"), Pool(data, "judgeheld"), Chat(tokenizer, 128)
    model, average = Judge(JudgeConfig, 0.1).to(DEVICE), Judge().to(DEVICE)
    size, rng = rows(384, 24), np.random.default_rng(31)
    first = load_denoiser(base / "model.safetensors")
    newest, written = Newest(run / "denoiser.pt", first), Written(rows(24576, 512), tokenizer, pieces)
    yes, no = torch.ones((), device=DEVICE), torch.zeros((), device=DEVICE)
    tests = {kind: check.take((check.kind == number).nonzero()[:, 0]) for number, kind in enumerate(kinds)}
    every = torch.arange(min(len(held), rows(len(held), 128)), device=DEVICE)
    tests["written by a denoiser"] = Written(1, tokenizer, pieces).convert(
        held, every, *Writer(writing, held).write(first, every, 48, 0.7)
    )

    def write(count: int) -> None:
        steps = int(rng.choice([4, 8, 16, 32, 64], p=[0.15, 0.2, 0.25, 0.25, 0.15]))
        model = newest.model if rng.random() < 0.75 else first
        index = pool.draw(count)
        written.add(pool, index, *Writer(writing, pool).write(model, index, steps, float(rng.choice([0.5, 0.7, 1.0]))))

    def words():
        o, on, good, gn, _, _ = pairs.take(torch.randint(len(pairs.kind), (2 * size,), device=DEVICE))
        clean, segments, attended = laid_out(o, on, good, gn)
        hit = (torch.rand(clean.shape, device=DEVICE) < 0.25) & (clean > BLANK)
        return torch.where(hit, BLANK, clean), clean, segments, attended, hit.float(), no

    def judging():
        count = round(0.35 * size)
        parts = [pairs.take(torch.randint(len(pairs.kind), (size - count,), device=DEVICE)), written.take(count)]
        o, on, good, gn, bad, bn = (torch.cat(columns) for columns in zip(*parts, strict=True))
        twice = lambda a, b: torch.cat((a, b))
        clean, segments, attended = laid_out(twice(o, o), twice(on, on), twice(good, bad), twice(gn, bn))
        return clean, clean.clone(), segments, attended, torch.zeros(clean.shape, device=DEVICE), yes

    def begin() -> None:
        newest.refresh()
        for _ in range(10):
            write(rows(512, 32))

    def after(step: int) -> None:
        if step % 24 == 0:
            write(rows(512, 32))
        if step % 200 == 0:
            newest.refresh()

    def measure(average: Judge):
        right, sure = {}, []
        for kind, columns in tests.items():
            real, corrupt = verdicts(average, columns)
            right[kind] = round((real > corrupt).float().mean().item(), 4)
            sure += [(real > 0).float().mean().item(), (corrupt < 0).float().mean().item()]
        weight = {kind: HEAVY.get(kind, 1) for kind in right}
        value = sum(right[k] * w for k, w in weight.items()) / sum(weight.values())
        return -value, {"right": right, "right side of zero": round(float(np.mean(sure)), 4)}

    optimizer = lambda model: Optimizer(model, muon_rate=0.01, adam_rate=1e-3)
    phases = [Phase("masked words", 0.3, words, measured=False), Phase("verdicts", 0.7, judging, rate=0.5, begin=begin)]
    store = lambda weights, facts: store_judge(out / "judge", weights, pieces, facts)
    return Job("judge", model, average, loss_of, phases, measure, store, optimizer, after=after)
