"""Corpora to tokens, once, on the processor: tokenizers, cut chats, pairs, held-out batches. Two parts at a time; what is there is kept."""

import json
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import validation
from cuts import RELEVANCE, Cuts, relevance
from data import MIXTURE, Stories, held_out, read_texts
from judge_pairs import JUDGED, Babble, judge_held, judged
from pairs import KINDS, Pair, Pairs
from tokenizer import train_tokenizer, train_word_pieces
from tokenizers import Tokenizer

PARTS = 2
# Chats, prepared pairs of the rewards and of the judge, chats for what the judge sees of a denoiser.
COUNTS = {"pool": 280_000, "pairs": 72_000, "judge": 64_000, "judgepool": 20_000}
# "Other story" is paired anew in training each time; pairs of feeling come from few stories.
SHARES = dict(zip([*KINDS, *RELEVANCE], (0, 4, 6, 7, 6, 7, 4, 8, 11, 6, 9, 2.5, 18, 9.5), strict=True))


def put(store: dict, name: str, rows: list[list[int]]) -> None:
    """Ragged rows as one array and their lengths."""
    store[name] = np.concatenate([np.array(row, dtype=np.int16) for row in rows])
    store[name + ".n"] = np.array([len(row) for row in rows], dtype=np.int16)


def put_chats(store: dict, name: str, rows: list[tuple]) -> None:
    put(store, name + ".opening", [row[1] for row in rows])
    put(store, name + ".response", [row[2] for row in rows])
    store[name + ".ended"] = np.array([row[3] for row in rows])


def put_pairs(store: dict, name: str, pairs: list[Pair], kinds: list[int], tokenizer: Tokenizer) -> None:
    ids = lambda opening: tokenizer.encode(" " + opening).ids[:48]
    put(store, name + ".o0", [ids(p.openings[0]) for p in pairs])
    # An empty second opening means that it is the first one.
    put(store, name + ".o1", [[] if p.openings[1] == p.openings[0] else ids(p.openings[1]) for p in pairs])
    put(store, name + ".good", [p.chosen for p in pairs])
    put(store, name + ".bad", [p.rejected for p in pairs])
    store[name + ".kind"] = np.array(kinds, dtype=np.int16)


def put_judged(store: dict, name: str, rows: list[tuple], pieces: Tokenizer) -> None:
    ids = lambda texts: [e.ids for e in pieces.encode_batch(texts, add_special_tokens=False)]
    put(store, name + ".o0", ids(["Complete this story: " + row[0] for row in rows]))
    put(store, name + ".good", ids([row[1] for row in rows]))
    put(store, name + ".bad", ids([row[2] for row in rows]))
    store[name + ".kind"] = np.array([row[3] for row in rows], dtype=np.int16)


def prepare_part(corpora: Path, run: Path, number: int, scale: float) -> None:
    """A share of the chats and pairs; part 0 also has what is held out, and the running text."""
    tokenizer = Tokenizer.from_file(str(run / "tokenizer.json"))
    pieces = Tokenizer.from_file(str(run / "judge-tokenizer.json"))
    count = {name: max(int(c * scale) // PARTS, 64) for name, c in COUNTS.items()}
    rng, store = np.random.default_rng((2026, number)), {}

    train = Cuts(corpora, tokenizer, lambda t: not held_out(t), seed=3, variants=2)
    train.validation = False
    put_chats(store, "pool", [train.any(rng) for _ in range(count["pool"])])
    pairs, names = Pairs(train, corpora, 21 + number, pool=max(int(24_000 * scale), 2000)), list(SHARES)
    chances = np.array(list(SHARES.values()))
    kinds = rng.choice(len(names), size=count["pairs"], p=chances / chances.sum()).tolist()
    pair = lambda kind: pairs.pair(rng, kind) if kind in KINDS else relevance(rng, train, pairs, kind)
    put_pairs(store, "pairs", [pair(names[kind]) for kind in kinds], kinds, tokenizer)

    own = Cuts(corpora, tokenizer, lambda t: not held_out(t) and not judge_held(t), seed=5)
    babble = Babble(own.tokens["tinystories"])
    parts = [p for p in (tokenizer.decode([i]) for i in range(256, 2044)) if p.isalpha() and p.islower() and len(p) < 5]
    names, chances = list(JUDGED), np.array(list(JUDGED.values()))
    kinds = rng.choice(len(names), size=count["judge"], p=chances / chances.sum()).tolist()
    put_judged(store, "judge", [(*judged(rng, own, babble, names[kind], parts), kind) for kind in kinds], pieces)
    put_chats(store, "judgepool", [own.any(rng) for _ in range(count["judgepool"])])
    if number == 0:
        held = Cuts(corpora, tokenizer, lambda t: not held_out(t) and judge_held(t), seed=5)
        rng = np.random.default_rng(77)
        rows = [(*judged(rng, held, babble, name, parts), kind) for kind, name in enumerate(names) for _ in range(256)]
        put_judged(store, "judgeheldpairs", rows, pieces)
        put_chats(store, "judgeheld", [held.any(rng) for _ in range(512)])
        put_held(store, corpora, tokenizer)
        for name, stream in train.tokens.items():
            store["stream." + name] = stream.astype(np.int16)
    np.savez(run / f"part{number}.npz", **store)


def put_held(store: dict, corpora: Path, tokenizer: Tokenizer) -> None:
    """The held-out batches and pairs of the data card."""
    held, seen = Stories(corpora, tokenizer, True), Stories(corpora, tokenizer, False)
    for name, stories, seed, steps in (("valid", held, 8, range(12)), ("wide", held, 8, range(12, 48)), ("seen", seen, 9, range(12))):
        store.update({f"{name}.{key}": value for key, value in validation.batches(stories, seed, steps).items()})
    pairs, cuts = Pairs(held, corpora, 12, pool=4000), Cuts(corpora, tokenizer, held_out, seed=6)
    made, kinds = [], []
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng((12, 2, number))
        made += [pairs.pair(rng, kind) for _ in range(192)]
        kinds += [number] * 192
    for number, kind in enumerate(RELEVANCE):
        rng = np.random.default_rng((12, 3, number))
        made += [relevance(rng, cuts, pairs, kind) for _ in range(384)]
        kinds += [len(KINDS) + number] * 384
    put_pairs(store, "heldpairs", made, kinds, tokenizer)
    rng = np.random.default_rng(4)
    put_chats(store, "held", [cuts.any(rng) for _ in range(768)])


def learn_tokenizers(corpora: Path, run: Path) -> None:
    """A tenth of the classics shapes the vocabularies, as they are a small part of the mixture."""
    kept = lambda keep: [t for n in MIXTURE for t in read_texts(corpora, n)[:: 10 if "classics" in n else 1] if keep(t)]
    if not (run / "tokenizer.json").exists():
        train_tokenizer(kept(lambda t: not held_out(t))).save(str(run / "tokenizer.json"))
    if not (run / "judge-tokenizer.json").exists():
        train_word_pieces(kept(lambda t: not held_out(t) and not judge_held(t))).save(str(run / "judge-tokenizer.json"))


def prepare(corpora: Path, run: Path, scale: float = 1.0) -> Path:
    """run/data.npz and the files beside it; `scale` under 1 makes fewer of everything."""
    path = run / "data.npz"
    if path.exists():
        return path
    run.mkdir(parents=True, exist_ok=True)
    learn_tokenizers(corpora, run)
    workers = [get_context("spawn").Process(target=prepare_part, args=(corpora, run, n, scale)) for n in range(PARTS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode != 0:
            raise RuntimeError("a part of the data could not be prepared; its error stands above")
    parts = [dict(np.load(run / f"part{n}.npz")) for n in range(PARTS)]
    store = parts[0]
    for key in parts[1]:
        store[key] = np.concatenate([part[key] for part in parts])
    (run / "kinds.json").write_text(json.dumps({"pairs": [*KINDS, *RELEVANCE], "judge": list(JUDGED)}))
    np.savez(run / "data.tmp.npz", **store)
    (run / "data.tmp.npz").replace(path)
    return path
