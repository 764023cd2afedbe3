"""Preference pairs: what the reward learns to tell apart."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import RESPONSE, Stories, held_out
from lexicon import BACK, HAPPY, OPPOSITE, feeling, turned

# Shares of the kinds (normalized below). The first group is coherence, the second feeling.
KINDS = {
    "other story": 0.09,
    "sentences shuffled": 0.05,
    "words shuffled": 0.08,
    "repetition": 0.08,
    "words replaced": 0.07,
    "token soup": 0.08,
    "words missing": 0.05,
    "joy stuffed": 0.08,
    "happy over sad": 0.14,
    "happy over sad, same prompt": 0.07,
    "opposites": 0.10,
    "reviews": 0.04,
}


@dataclass
class Pair:
    """Two prompts' openings with a response each; the first is the better one."""

    openings: tuple[str, str]
    chosen: list[int]
    rejected: list[int]


class Pairs:
    def __init__(self, stories: Stories, corpora: Path, seed: int, pool: int = 24000):
        self.stories, self.tokenizer, self.seed = stories, stories.tokenizer, seed
        rng = np.random.default_rng((seed, 0))
        self.vocabulary = stories.tokenizer.get_vocab_size() - 4
        self.words = [w for s in stories.corpora["tinystories"][:2000] for t in s.sentences for w in t.split()]
        self.joy = sorted(HAPPY)
        self.happy: list = []
        self.sad: list = []
        for _ in range(pool):
            sample = stories.sample(rng, ended=rng.random() < 0.4)
            happy, sad = feeling(self.tokenizer.decode(sample.response))
            if happy >= 3 and sad == 0:
                self.happy.append(sample)
            elif sad >= 2 and sad > happy:
                self.sad.append(sample)
        self.reviews: tuple[list, list] = ([], [])
        for line in (corpora / "sentiment.jsonl").open():
            row = json.loads(line)
            if held_out(row["text"]) == stories.validation and len(row["text"]) < 400:
                self.reviews[row["label"]].append(row["text"].strip())
        self.names = list(KINDS)
        shares = np.array([KINDS[name] for name in self.names])
        self.shares = shares / shares.sum()

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text.strip()).ids[:RESPONSE]

    def shuffled_sentences(self, rng, text: str) -> str:
        sentences = re.findall(r"[^.!?]+[.!?]*[\"']?\s*", text)
        return " ".join(sentences[i].strip() for i in rng.permutation(len(sentences)))

    def shuffled_words(self, rng, text: str) -> str:
        words = text.split(" ")
        for _ in range(int(rng.integers(1, 4))):
            length = min(len(words), int(rng.choice([3, 5, 8, 16, 64])))
            start = int(rng.integers(0, len(words) - length + 1))
            part = words[start : start + length]
            words[start : start + length] = [part[i] for i in rng.permutation(length)]
        return " ".join(words)

    def repeated(self, rng, text: str) -> str:
        words = text.split(" ")
        if rng.random() < 0.5:  # One stretch is said over and over.
            length = min(len(words), int(rng.integers(1, 9)))
            start = int(rng.integers(0, len(words) - length + 1))
            times = int(rng.integers(2, 6 if length > 2 else 12))
            words[start : start + length] = words[start : start + length] * times
            return " ".join(words)
        rate = rng.uniform(0.08, 0.5)
        return " ".join(word for w in words for word in ([w, w] if rng.random() < rate else [w]))

    def replaced(self, rng, text: str) -> str:
        rate = rng.uniform(0.06, 0.5)
        return " ".join(
            self.words[int(rng.integers(len(self.words)))] if rng.random() < rate else w for w in text.split(" ")
        )

    def missing(self, rng, text: str) -> str:
        rate = rng.uniform(0.1, 0.4)
        return " ".join(w for w in text.split(" ") if rng.random() >= rate)

    def stuffed(self, rng, text: str) -> str:
        words = text.split(" ")
        if rng.random() < 0.3:  # Nothing but joy, with or without small words between.
            chosen = [self.joy[int(rng.integers(len(self.joy)))] for _ in range(int(rng.integers(1, 7)))]
            return " ".join(chosen[int(rng.integers(len(chosen)))] for _ in words)
        rate = rng.uniform(0.1, 0.6)
        swap = rng.random() < 0.5
        out: list[str] = []
        for w in words:
            joyful = rng.random() < rate
            out += [self.joy[int(rng.integers(len(self.joy)))]] if joyful else []
            out += [] if joyful and swap else [w]
        return " ".join(out)

    def soup(self, rng, ids: list[int]) -> list[int]:
        """Random tokens in place of a tenth to all of the tokens."""
        ids = np.array(ids)
        hit = rng.random(len(ids)) < (1.0 if rng.random() < 0.25 else rng.uniform(0.08, 1.0))
        hit[int(rng.integers(len(ids)))] = True
        source = rng.integers(0, self.vocabulary, len(ids))
        if rng.random() < 0.5:  # frequent tokens, as they stand in stories
            stream = self.stories.tokens["tinystories"]
            source = stream[rng.integers(0, len(stream), len(ids))]
            source = np.where(source < self.vocabulary, source, 13)
        return np.where(hit, source, ids).tolist()

    def pair(self, rng: np.random.Generator, kind: str) -> Pair:
        while True:
            made = self.attempt(rng, kind)
            if made and made.chosen != made.rejected and min(len(made.chosen), len(made.rejected)) > 3:
                return made

    def attempt(self, rng: np.random.Generator, kind: str) -> Pair | None:
        ended = bool(rng.random() < 0.4)
        draw = lambda pool: pool[int(rng.integers(len(pool)))]
        if kind == "happy over sad":
            a, b = draw(self.happy), draw(self.sad)
            return self.trim(rng, (a.opening, b.opening), a.response, b.response, a.ended or b.ended)
        if kind == "happy over sad, same prompt":
            # Both responses are strangers to the prompt, or the better one belongs to it.
            a, b = draw(self.happy), draw(self.sad)
            opening = a.opening if rng.random() < 0.5 else self.stories.sample(rng, False).opening
            return self.trim(rng, (opening, opening), a.response, b.response, a.ended or b.ended)
        if kind == "reviews":
            opening = self.stories.sample(rng, False).opening
            good, bad = self.encode(draw(self.reviews[1])), self.encode(draw(self.reviews[0]))
            return self.trim(rng, (opening, opening), good, bad, False)
        if kind == "opposites":
            sample = draw(self.sad) if rng.random() < 0.4 else self.stories.sample(rng, ended)
            text = self.tokenizer.decode(sample.response)
            darker, down = turned(text, OPPOSITE)
            brighter, up = turned(text, BACK)
            if down >= up and down > 0:
                chosen, rejected = sample.response, self.encode(darker)
            elif up > down:
                chosen, rejected = self.encode(brighter), sample.response
            else:
                return None
            return self.trim(rng, (sample.opening,) * 2, chosen, rejected, sample.ended)

        sample = self.stories.sample(rng, ended)
        if kind != "other story" and rng.random() < 0.2:  # Broken joy is no better than sorrow well told.
            sample = draw(self.sad)
        text = self.tokenizer.decode(sample.response)
        if kind == "other story":
            other = self.stories.sample(rng, sample.ended)
            return self.trim(rng, (sample.opening,) * 2, sample.response, other.response, sample.ended)
        if kind == "token soup":
            return self.trim(rng, (sample.opening,) * 2, sample.response, self.soup(rng, sample.response), sample.ended)
        make = {
            "sentences shuffled": self.shuffled_sentences,
            "words shuffled": self.shuffled_words,
            "repetition": self.repeated,
            "words replaced": self.replaced,
            "words missing": self.missing,
            "joy stuffed": self.stuffed,
        }[kind]
        return self.trim(rng, (sample.opening,) * 2, sample.response, self.encode(make(rng, text)), sample.ended)

    def trim(self, rng, openings, chosen: list[int], rejected: list[int], ended: bool) -> Pair:
        """Two responses that are cut off are cut at the same length, so that length says nothing."""
        if not ended or rng.random() < 0.3:
            length = min(len(chosen), len(rejected))
            if rng.random() < 0.25:
                length = min(length, int(rng.integers(12, RESPONSE)))
            chosen, rejected = chosen[:length], rejected[:length]
        return Pair(openings, list(chosen), list(rejected))

    def batch(self, step: int, size: int) -> tuple[list[Pair], list[str]]:
        """A batch that depends on the step alone."""
        rng = np.random.default_rng((self.seed, 1, step))
        kinds = [str(kind) for kind in rng.choice(self.names, size=size, p=self.shares)]
        return [self.pair(rng, kind) for kind in kinds], kinds
