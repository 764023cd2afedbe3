"""Makes everything: tokenizer, denoiser, reward. Interrupted, it goes on where it stopped.

python training/train.py --data CORPORA --out models
"""

import argparse
from pathlib import Path

import torch
from checkpoint import denoiser_config, export, generation_config, reward_config
from data import Stories, held_out, read_texts
from denoiser import DenoiserConfig
from reward import RewardConfig
from tokenizer import train_tokenizer
from tokenizers import Tokenizer
from train_denoiser import train_denoiser
from train_reward import train_reward


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with tinystories.jsonl and the other corpora")
    parser.add_argument("--out", type=Path, default=Path("models"), help="where denoiser/ and reward/ are written")
    parser.add_argument("--run", type=Path, default=Path(".cache/tiny-stories"), help="checkpoints of the run")
    parser.add_argument("--only", choices=["denoiser", "reward"], help="train one model alone")
    parser.add_argument("--denoiser-steps", type=int, default=3700)
    parser.add_argument("--reward-steps", type=int, nargs=2, default=[600, 1600], help="warm start, preferences")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.run.mkdir(parents=True, exist_ok=True)

    path = options.run / "tokenizer.json"
    if not path.exists():
        texts = [text for name in ("tinystories", "storybooks") for text in read_texts(options.data, name)]
        # A tenth of the classics shapes the vocabulary, as they are a small part of the mixture.
        texts += read_texts(options.data, "childrens-classics")[::10]
        train_tokenizer([text for text in texts if not held_out(text)]).save(str(path))
    tokenizer = Tokenizer.from_file(str(path))
    train, held = (Stories(options.data, tokenizer, validation) for validation in (False, True))

    def export_denoiser(model: torch.nn.Module, kind: torch.dtype = torch.bfloat16) -> None:
        configs = {
            "config.json": denoiser_config(tokenizer, DenoiserConfig),
            "generation_config.json": generation_config(tokenizer),
        }
        export(options.out / "denoiser", model.state_dict(), configs, tokenizer, kind)

    def export_reward(model: torch.nn.Module, kind: torch.dtype = torch.bfloat16) -> None:
        configs = {"config.json": reward_config(tokenizer, RewardConfig)}
        export(options.out / "reward", model.state_dict(), configs, tokenizer, kind)

    if options.only in (None, "denoiser"):
        train_denoiser(train, held, options.run, options.denoiser_steps, export=export_denoiser)
    if options.only in (None, "reward"):
        train_reward(train, held, options.data, options.run, *options.reward_steps, export=export_reward)


if __name__ == "__main__":
    main()
