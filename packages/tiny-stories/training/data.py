"""Stories, their sentences, and the samples that are cut from them."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

RESPONSE = 64
SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=[^\s\"'”’.!?]))*(?:[.!?]+[\"'”’]*|\n+|$)\s*")
# Share of the samples that each corpus gives; the classics are only a pinch of richer English.
MIXTURE = {"tinystories": 0.80, "storybooks": 0.15, "childrens-classics": 0.05}


@dataclass
class Story:
    """One text as sentences (their joined text is the story) and the number of tokens of each."""

    sentences: list[str]
    lengths: list[int]
    ends: bool


@dataclass
class Sample:
    """A prompt's opening and the text that follows it; `ended` when the story ends inside the response."""

    opening: str
    response: list[int]
    ended: bool


def held_out(text: str) -> bool:
    """One story in twenty is kept for validation, chosen by a hash of its text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 20 == 0


def read_texts(corpora: Path, name: str) -> list[str]:
    """The texts of one corpus; the paragraphs of one chapter are one text."""
    rows = [json.loads(line) for line in (corpora / f"{name}.jsonl").open()]
    if name != "childrens-classics":
        return [row["text"].strip() for row in rows]
    chapters: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        chapters.setdefault((row["book"], row["chapter"]), []).append(row["text"].strip())
    return ["\n".join(paragraphs) for paragraphs in chapters.values()]


class Stories:
    """One split (training or validation) of every corpus."""

    # Whether openings that are much too long are passed over before chance is asked about them once more: other samples, by the same seed.
    looks_first = False
    longest = 48

    def __init__(self, corpora: Path, tokenizer: Tokenizer, validation: bool):
        self.tokenizer, self.validation = tokenizer, validation
        self.corpora: dict[str, list[Story]] = {}
        self.tokens: dict[str, np.ndarray] = {}
        end = tokenizer.token_to_id("<|endoftext|>")
        for name in MIXTURE:
            texts = [text for text in read_texts(corpora, name) if held_out(text) == validation]
            sentences = [[s for s in SENTENCE.findall(text) if s.strip()] for text in texts]
            flat = tokenizer.encode_batch([" " + s.strip() for story in sentences for s in story])
            lengths = iter([len(encoding.ids) for encoding in flat])
            ends = name != "childrens-classics"
            self.corpora[name] = [Story(story, [next(lengths) for _ in story], ends) for story in sentences]
            stream = [token for encoding in tokenizer.encode_batch(texts) for token in [*encoding.ids, end]]
            self.tokens[name] = np.array(stream, dtype=np.int64)
        self.names = list(MIXTURE)
        self.shares = np.array(list(MIXTURE.values()))
        self.head = tokenizer.encode("<|im_start|>user\nComplete this story:").ids
        self.middle = tokenizer.encode("<|im_end|>\n<|im_start|>assistant\n").ids

    def chunk(self, rng: np.random.Generator, length: int) -> np.ndarray:
        """A stretch of running text."""
        stream = self.tokens[rng.choice(self.names, p=self.shares)]
        start = int(rng.integers(0, len(stream) - length))
        return stream[start : start + length]

    def cut(
        self, rng: np.random.Generator, ended: bool, fewest: int = 10, most: int | None = None
    ) -> tuple[str, list[int], list[int], bool, Story, int]:
        """An opening of `fewest` to `most` tokens (default: `longest`) and its continuation of up to 64:
        (opening, its ids, response, whether the story ends in it, the story, the sentence where the response begins)"""
        most = most or self.longest
        while True:
            stories = self.corpora[rng.choice(self.names, p=self.shares)]
            story = stories[int(rng.integers(len(stories)))]
            count = len(story.sentences)
            if count < 4 or (ended and not story.ends):
                continue
            if ended:
                rest = np.cumsum(story.lengths[::-1])
                choices = [count - 1 - i for i in range(count - 1) if 8 <= rest[i] <= RESPONSE - 4]
                if not choices:
                    continue
                cut = int(rng.choice(choices))
                start = cut - 1
                while start > 0 and rng.random() < 0.6 and sum(story.lengths[start - 1 : cut]) <= most:
                    start -= 1
            else:
                start = 0 if rng.random() < 0.4 else int(rng.integers(0, count - 2))
                cut = start + 1
                while cut < count - 1 and (
                    sum(story.lengths[start:cut]) < fewest
                    or (rng.random() < 0.5 and sum(story.lengths[start : cut + 1]) <= most)
                ):
                    cut += 1
            if self.looks_first and not fewest <= sum(story.lengths[start:cut]) <= most + 8:
                continue
            opening = "".join(story.sentences[start:cut]).strip()
            stop, enough = cut, 0
            while stop < min(count, cut + 16) and (ended or enough < 84):  # no more text than is needed
                enough += story.lengths[stop]
                stop += 1
            rest_text = "".join(story.sentences[cut:stop]).strip()
            if rng.random() < 0.2:  # The opening may also break off inside a sentence.
                words = opening.split(" ")
                drop = int(rng.integers(1, 6))
                if len(words) > drop + 5:
                    rest_text = " ".join(words[-drop:]) + " " + rest_text
                    opening = " ".join(words[:-drop])
            ids = self.tokenizer.encode(" " + opening).ids
            if not fewest <= len(ids) <= most:
                continue
            response = self.tokenizer.encode(rest_text).ids
            if ended and len(response) < RESPONSE and cut + 16 >= count:
                return opening, ids, response, True, story, cut
            if not ended and len(response) >= RESPONSE:
                return opening, ids, response[:RESPONSE], False, story, cut

    def sample(self, rng: np.random.Generator, ended: bool, fewest: int = 10, most: int | None = None) -> Sample:
        opening, _, response, ended, _, _ = self.cut(rng, ended, fewest, most)
        return Sample(opening, response, ended)

    def prompt(self, opening: str) -> list[int]:
        """The tokens of the chat template up to and with the assistant's turn."""
        return [*self.head, *self.tokenizer.encode(" " + opening).ids, *self.middle]
