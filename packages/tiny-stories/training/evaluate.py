"""Measures the shipped models on held-out stories: the numbers of the data card.

python training/evaluate.py --data CORPORA --models models
"""

import argparse
import re
from pathlib import Path

import torch
from data import Stories
from denoiser import Denoiser
from pairs import Pairs
from reward import Reward
from safetensors.torch import load_file
from sampling import sample
from tokenizers import Tokenizer
from train_denoiser import Batches, validate
from train_reward import accuracies, chats


def load(model: torch.nn.Module, directory: Path) -> torch.nn.Module:
    weights = {name: tensor.float() for name, tensor in load_file(directory / "model.safetensors").items()}
    model.load_state_dict(weights)
    return model.eval()


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--openings", type=Path, default=Path("src/openings.ts"))
    parser.add_argument("--count", type=int, default=16, help="openings to complete")
    parser.add_argument("--steps", type=int, default=64)
    options = parser.parse_args()
    denoiser = load(Denoiser(), options.models / "denoiser")
    reward = load(Reward(), options.models / "reward")
    held = Stories(options.data, Tokenizer.from_file(str(options.models / "denoiser" / "tokenizer.json")), True)

    print(f"validation bound {validate(denoiser, Batches(held, 64, 8)):.4f} nats per token")
    right, rewards = accuracies(reward, Pairs(held, options.data, 12, pool=4000))
    for kind, share in right.items():
        print(f"{kind}: {100 * share:.1f} %")
    print(f"rewards: mean {rewards.mean():.2f}, standard deviation {rewards.std():.2f}")

    source = options.openings.read_text()
    openings = [a.replace("\\'", "'") or b for a, b in re.findall(r"^  (?:'(.*)'|\"(.*)\"),$", source, re.MULTILINE)]
    openings = openings[: options.count]
    responses = sample(denoiser, held, openings, steps=options.steps)
    tokens, last = chats(held, list(zip(openings, responses, strict=True)))
    scores = reward.rewards(reward.model.embed_tokens(tokens), last).tolist()
    for opening, response, score in zip(openings, responses, scores, strict=True):
        print(f"[{score:+.2f}] {opening} → {held.tokenizer.decode(response)!r}")


if __name__ == "__main__":
    main()
