"""Measures checkpoints on held-out stories: the numbers of the data card.

python training/evaluate.py --data CORPORA --models models
"""

import argparse
import json
from pathlib import Path

import torch
from chat import Chat, Pool, load
from denoiser import Denoiser
from judge import Judge
from prepare import prepare
from reward import MoodConfig, Reward, RewardConfig
from safetensors.torch import load_file
from tokenizers import Tokenizer
from train_denoiser import Bound
from train_judge import Prepared as Judged
from train_judge import Written, verdicts
from train_reward import LENGTH, Prepared, in_order, many_over_few, real_over
from writing import Writer


def loaded(model: torch.nn.Module, directory: Path) -> torch.nn.Module:
    weights = {name: tensor.float() for name, tensor in load_file(directory / "model.safetensors").items()}
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--run", type=Path, default=Path(".cache/tiny-stories"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--written", type=int, default=192, help="responses that the denoiser writes")
    options = parser.parse_args()
    torch.manual_seed(0)
    prepared = prepare(options.data, options.run)
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    kinds = json.loads(prepared.with_name("kinds.json").read_text())
    data = load(prepared, ("held", "judge"))

    denoiser = loaded(Denoiser(), options.models / "denoiser")
    for name in ("valid", "wide", "seen"):
        total, size = Bound(prepared, (name,)).of(denoiser, name)
        print(f"denoiser, {name}: bound {total / size:.4f} nats per token")

    chat, writing, held, pairs = Chat(tokenizer, LENGTH), Chat(tokenizer, 128), Pool(data, "held"), Prepared(data, "heldpairs")
    every = torch.arange(min(len(held), options.written))
    write = lambda steps, temperature, share=None: Writer(writing, held).write(denoiser, every, steps, temperature, share)
    many = write(64, 0.7)
    tests = {kind: pairs.take((pairs.kind == i).nonzero()[:, 0]) for i, kind in enumerate(kinds["pairs"])}
    tests["written by the denoiser"] = real_over(held, every, *many)
    tests["two fifths written by the denoiser"] = real_over(held, every, *write(8, 0.7, torch.full((len(every),), 0.4)))
    tests["many steps over few"] = many_over_few(held, every, *many, *write(2, 1.0))
    for name, config in (("reward", RewardConfig), ("mood", MoodConfig)):
        model = loaded(Reward(config), options.models / name)
        results = {kind: in_order(model, *sides.rows(chat)) for kind, sides in tests.items()}
        for kind, (share, _) in results.items():
            print(f"{name}, {kind}: {100 * share:.1f} %")
        scores = torch.cat([scores for _, scores in results.values()])
        print(f"{name}: mean {scores.mean():.2f}, standard deviation {scores.std():.2f}")

    judge, pieces = loaded(Judge(), options.models / "judge"), Tokenizer.from_file(str(options.models / "judge" / "tokenizer.json"))
    own, check = Pool(data, "judgeheld"), Judged(data, "judgeheldpairs")
    tests = {kind: check.take((check.kind == i).nonzero()[:, 0]) for i, kind in enumerate(kinds["judge"])}
    index = torch.arange(min(len(own), options.written))
    written = Writer(writing, own).write(denoiser, index, 64, 0.7)
    tests["written by the denoiser"] = Written(1, tokenizer, pieces).convert(own, index, *written)
    for kind, columns in tests.items():
        real, corrupt = verdicts(judge, columns)
        right = ((real > 0).float().mean() + (corrupt < 0).float().mean()) / 2
        print(f"judge, {kind}: order {100 * (real > corrupt).float().mean():.1f} %, right side of 0 {100 * right:.1f} %")


if __name__ == "__main__":
    main()
