"""What the judge learns to tell apart: corruptions that the rewards are not shown, on a split of its own."""

import hashlib

import numpy as np
from cuts import Cuts, adapted
from data import RESPONSE

SWAPS = [("he", "she"), ("his", "her"), ("was", "were"), ("is", "are"), ("in", "on"), ("to", "from"), ("a", "the"), ("and", "but"),
         ("they", "it"), ("had", "has"), ("with", "of"), ("up", "down"), ("their", "its"), ("go", "went"), ("saw", "see"),
         ("said", "say"), ("him", "he"), ("I", "me"), ("you", "your"), ("for", "at")]  # fmt: skip
SWAP = {a: b for x, y in SWAPS for a, b in ((x, y), (y, x))}
JUDGED = {"stranger": 0.10, "stranger in its clothes": 0.22, "babble": 0.20, "spliced": 0.14, "small words": 0.10, "invented": 0.10,
          "loop": 0.08, "neighbours": 0.06}  # fmt: skip


def judge_held(text: str) -> bool:
    return int(hashlib.sha256(("judge:" + text).encode()).hexdigest()[:8], 16) % 10 == 0


class Babble:
    """Text of an n-gram model over tokens: fluent for a few words, without a thread."""

    def __init__(self, stream: np.ndarray):
        self.stream = stream
        self.order = {}
        for n in (1, 2, 3):
            key = np.zeros(len(stream) - n, dtype=np.int64)
            for i in range(n):
                key = key * 2048 + stream[i : len(stream) - n + i]
            order = np.argsort(key, kind="stable")
            self.order[n] = (key[order], order)

    def next(self, rng, context: list[int], n: int) -> int:
        while n > 0:
            keys, order = self.order[n]
            key = 0
            for token in context[-n:]:
                key = key * 2048 + token
            low, high = np.searchsorted(keys, key), np.searchsorted(keys, key, side="right")
            if high > low:
                return int(self.stream[order[int(rng.integers(low, high))] + n])
            n -= 1
        return int(self.stream[int(rng.integers(len(self.stream)))])

    def text(self, rng, context: list[int], length: int, special: int) -> list[int]:
        out, n, mixed = list(context), int(rng.integers(1, 4)), rng.random() < 0.4
        while len(out) < len(context) + length:
            token = self.next(rng, out, int(rng.integers(1, 4)) if mixed else n)
            out.append(token if token < special else 13)
        return out[len(context) :]


def judged(rng, cuts: Cuts, babble: Babble, kind: str, pieces: list[str]):
    """(opening, chosen text, rejected text)"""
    decode, encode = cuts.tokenizer.decode, lambda text: cuts.tokenizer.encode(text.strip()).ids[:RESPONSE]
    while True:
        opening, ids, response, ended, story, _ = cuts.any(rng)
        text = decode(response)
        words = text.split(" ")
        if len(words) < 6:
            continue
        if kind.startswith("stranger"):
            other = cuts.cut(rng, ended)
            if other[4] is story:
                continue
            bad = decode(other[2]) if kind == "stranger" else adapted(rng, decode(other[2]), opening + " " + text)
        elif kind == "babble":
            if rng.random() < 0.5:
                bad = decode(babble.text(rng, [*cuts.tokenizer.encode(" " + opening).ids], len(response), 2044))
            else:  # from somewhere inside the response on
                at = int(rng.integers(0, max(1, len(response) - 12)))
                bad = decode([*response[:at], *babble.text(rng, [*ids, *response[:at]], len(response) - at, 2044)])
        elif kind == "spliced":
            other = adapted(rng, decode(cuts.cut(rng, ended)[2]), opening + " " + text).split(" ")
            at = int(rng.integers(2, max(3, len(words) - 5)))
            skip = int(rng.integers(0, max(1, len(other) // 2)))
            bad = " ".join([*words[:at], *other[skip:]])
        elif kind == "small words":
            rate = rng.uniform(0.3, 1.0)
            bad = " ".join(SWAP[w] if w in SWAP and rng.random() < rate else w for w in words)
        elif kind == "invented":
            rate = rng.uniform(0.06, 0.3)
            glue = lambda: "".join(pieces[int(rng.integers(len(pieces)))] for _ in range(int(rng.integers(1, 3))))
            invent = lambda w: w[: int(rng.integers(1, 4))] + glue() if w.isalpha() and len(w) > 2 else w
            bad = " ".join(invent(w) if rng.random() < rate else w for w in words)
        elif kind == "loop":
            length = int(rng.integers(3, 14))
            start = int(rng.integers(0, max(1, len(words) - length)))
            part, out = words[start : start + length], words[: start + length]
            while len(out) < len(words) + 8:
                out += part if rng.random() < 0.7 else [w if rng.random() < 0.8 else words[int(rng.integers(len(words)))] for w in part]
                if rng.random() < 0.25:
                    out += words[start + length : start + length + 5]
            bad = " ".join(out)
        else:  # neighbours
            rate, out = rng.uniform(0.1, 0.5), list(words)
            for i in range(len(out) - 1):
                if rng.random() < rate:
                    out[i], out[i + 1] = out[i + 1], out[i]
            bad = " ".join(out)
        rejected = encode(bad)
        if not ended or rng.random() < 0.3:
            length = min(len(response), len(rejected))
            if rng.random() < 0.25:
                length = min(length, int(rng.integers(16, RESPONSE)))
            response, rejected = response[:length], rejected[:length]
        if response != rejected and min(len(response), len(rejected)) > 6:
            return opening, decode(response), decode(rejected)
