"""Chats cut from stories, with other names now and then; pairs of them that are about the prompt."""

import re
from pathlib import Path

import numpy as np
from data import MIXTURE, SENTENCE, Stories, Story, read_texts
from pairs import Pair, Pairs
from tokenizers import Tokenizer

WINDOWS = [(10, 18), (14, 26), (22, 36), (30, 45)]
GIRLS = """Lily Sue Mia Lucy Anna Amy Sally Sara Jane Sarah Daisy Lila Molly Jill Bella Emma Mary Luna Jen Lulu Jenny Ella Ann
 Lisa Tina Polly Betty Susie Penny Elly Lola Millie Emily Kate Poppy Ellie Alice Tilly Milly Sophie Julie Nora Mila Zoe Ivy
 Rosie Nina Clara Eva Maya Ruby Hana Leah Nina Ada Greta Ida Wren Cora Vera Tess Dora Kira Yara Lena Elsa Marta""".split()
BOYS = """Tim Tom Ben Max Sam Timmy Bob Jack Billy John Tommy Joe Leo Benny Jerry Jimmy Pete Jake Jim Andy Bobby Fred Sammy
 Peter Charlie Freddy Toby Dave Mike Ted Henry George Danny David Gary Frank Finn Oscar Hugo Adam Theo Noah Emil Otto Felix
 Luke Paul Liam Ravi Omar Nils Karl Jonas Simon Victor Walter Hans Kofi Milo Ollie Eli Ned Gus Rolf""".split()
ANIMALS = """dog cat rabbit bunny bear bird fish frog mouse duck cow pig horse sheep lion fox elephant monkey turtle bee ant
 puppy kitten owl goat hen snail squirrel dragon butterfly wolf tiger""".split()
NAME = re.compile(r"\b(" + "|".join(sorted(set(GIRLS + BOYS), key=len, reverse=True)) + r")\b")
BEAST = re.compile(r"\b(" + "|".join(ANIMALS) + r")\b")


def renamed(rng: np.random.Generator, text: str) -> str:
    """The text with other names, girls' for girls' and boys' for boys'."""
    names = list(dict.fromkeys(NAME.findall(text)))
    girls, boys = list(rng.permutation(GIRLS)), list(rng.permutation(BOYS))
    table = {name: str((girls if name in GIRLS else boys).pop()) for name in names}
    return NAME.sub(lambda m: table[m[0]], text)


def adapted(rng: np.random.Generator, text: str, opening: str) -> str:
    """The text with the names, and perhaps the animals, of the opening: a stranger in its clothes."""
    for pattern, chance in ((NAME, 1.0), (BEAST, 0.6)):
        wanted = list(dict.fromkeys(pattern.findall(opening)))
        found = list(dict.fromkeys(pattern.findall(text)))
        if wanted and found and rng.random() < chance:
            table = {word: wanted[i % len(wanted)] for i, word in enumerate(found)}
            text = pattern.sub(lambda m: table[m[0]], text)
    return text


class Cuts(Stories):
    """Stories that `keep` accepts, those of TinyStories `variants` times more with other names."""

    looks_first = True
    longest = 45

    def __init__(self, corpora: Path, tokenizer: Tokenizer, keep, seed: int = 0, variants: int = 0):
        self.tokenizer = tokenizer
        self.corpora, self.tokens = {}, {}
        end = tokenizer.token_to_id("<|endoftext|>")
        rng = np.random.default_rng((seed, 99))
        for name in MIXTURE:
            texts = [text for text in read_texts(corpora, name) if keep(text)]
            originals = len(texts)
            if name == "tinystories":
                texts += [renamed(rng, text) for _ in range(variants) for text in texts[:originals]]
            sentences = [[s for s in SENTENCE.findall(text) if s.strip()] for text in texts]
            flat = tokenizer.encode_batch([" " + s.strip() for story in sentences for s in story])
            lengths = iter([len(encoding.ids) for encoding in flat])
            ends = name != "childrens-classics"
            stories = [Story(story, [next(lengths) for _ in story], ends) for story in sentences]
            # Two in three tell the story as it is.
            self.corpora[name] = stories[:originals] * (2 * variants - 1 if variants > 1 else 0) + stories
            stream = [t for encoding in tokenizer.encode_batch(texts[: 2 * originals]) for t in [*encoding.ids, end]]
            self.tokens[name] = np.array(stream, dtype=np.int64)
        self.names, self.shares = list(MIXTURE), np.array(list(MIXTURE.values()))
        self.head = tokenizer.encode("<|im_start|>user\nComplete this story:").ids
        self.middle = tokenizer.encode("<|im_end|>\n<|im_start|>assistant\n").ids

    def any(self, rng):
        return self.cut(rng, bool(rng.random() < 0.4), *WINDOWS[int(rng.integers(len(WINDOWS)))])


RELEVANCE = ["names of another story", "later in the story"]


def relevance(rng, cuts: Cuts, pairs: Pairs, kind: str) -> Pair:
    """A pair whose worse side belongs to another prompt, or to a later place of the story."""
    while True:
        opening, _, response, ended, story, cut = cuts.any(rng)
        text = cuts.tokenizer.decode(response)
        if kind == "names of another story":
            other = cuts.cut(rng, ended)
            if other[4] is story:
                continue
            rejected = pairs.encode(adapted(rng, cuts.tokenizer.decode(other[2]), opening + " " + text))
        else:
            later = cut + int(rng.integers(2, 9))
            rest = "".join(story.sentences[later : later + 16]).strip()
            rejected = pairs.encode(rest)
            if len(rejected) < 12:
                continue
        pair = pairs.trim(rng, (opening, opening), response, rejected, ended)
        if pair.chosen != pair.rejected and min(len(pair.chosen), len(pair.rejected)) > 3:
            return pair
