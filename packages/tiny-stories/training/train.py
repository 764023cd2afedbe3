"""Makes everything: tokenizers, denoiser, reward, mood reward, judge. Interrupted, it goes on where it stopped.

python training/train.py --data CORPORA --out models --minutes 9 --together     on one GPU, all four at once
python training/train.py --data CORPORA --out models --minutes 60               on a processor, one after the other
"""

import argparse
import subprocess
import sys
from pathlib import Path

import torch
from prepare import prepare
from tokenizers import Tokenizer
from train_denoiser import denoiser_job
from train_judge import judge_job
from train_reward import reward_job
from trainer import train

MODELS = ("denoiser", "reward", "mood", "judge")


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with tinystories.jsonl and the other corpora")
    parser.add_argument("--out", type=Path, default=Path("models"), help="where denoiser/, reward/, mood/ and judge/ are written")
    parser.add_argument("--run", type=Path, default=Path(".cache/tiny-stories"), help="prepared data, and the states to go on from")
    parser.add_argument("--minutes", type=float, default=9, help="for each model")
    parser.add_argument("--only", nargs="+", choices=MODELS, default=MODELS, help="train some of them")
    parser.add_argument("--together", action="store_true", help="all at once, a process each")
    parser.add_argument("--start", type=Path, help="a denoiser's checkpoint to go on from")
    parser.add_argument("--base", type=Path, default=here.parent / "models" / "denoiser", help="the denoiser whose errors are the first negatives")
    parser.add_argument("--scale", type=float, default=1.0, help="of the prepared data; 0.01 to try the scripts out")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(7)
    if not (options.run / "data.npz").exists() and options.data is None:
        parser.error("--data: nothing is prepared yet")
    prepared = prepare(options.data, options.run, options.scale)
    if options.together and len(options.only) > 1:
        arguments = [a for a in sys.argv[1:] if a not in (*MODELS, "--only", "--together")]
        running = [subprocess.Popen([sys.executable, __file__, *arguments, "--only", name]) for name in options.only]
        sys.exit(max(process.wait() for process in running))
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    shared = (prepared, tokenizer, options.run, options.out)
    for name in options.only:
        if name == "denoiser":
            job = denoiser_job(*shared, options.start)
        elif name == "judge":
            job = judge_job(*shared, options.base)
        else:
            job = reward_job(name, *shared, options.base)
        train(job, options.run, 60 * options.minutes)


if __name__ == "__main__":
    main()
