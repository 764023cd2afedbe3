"""Trains the reward: next tokens first, then Bradley–Terry on preference pairs."""

import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from data import Stories
from optimiser import Optimiser, trapezoid
from pairs import Pair, Pairs
from reward import Reward
from train_denoiser import Batches


def chats(stories: Stories, turns: list[tuple[str, list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens [B, S] of chats of an opening and a response each, and the place of each one's last token [B]."""
    tail = stories.tokenizer.encode("<|im_end|>\n").ids
    rows = [[*stories.prompt(opening), *response, *tail] for opening, response in turns]
    length = max(map(len, rows))
    pad = stories.tokenizer.token_to_id("<|endoftext|>")
    tokens = torch.tensor([[*row, *[pad] * (length - len(row))] for row in rows])
    return tokens, torch.tensor([len(row) - 1 for row in rows])


def both(stories: Stories, pairs: list[Pair]) -> tuple[torch.Tensor, torch.Tensor]:
    """The chats of every chosen response, then those of every rejected one."""
    chosen = [(pair.openings[0], pair.chosen) for pair in pairs]
    return chats(stories, chosen + [(pair.openings[1], pair.rejected) for pair in pairs])


def blurred(embeddings: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A third of the pairs read mixtures of tokens, as guidance's soft embeddings are; both sides get the same blur."""
    pairs, length = embeddings.shape[0] // 2, embeddings.shape[1]
    amount = torch.rand(pairs, length, 1, generator=generator) * 0.4
    amount *= torch.rand(pairs, 1, 1, generator=generator) < 0.33
    amount = amount.repeat(2, 1, 1)
    order = torch.randperm(embeddings.shape[0], generator=generator)
    others = embeddings.detach()[order].roll(int(torch.randint(1, length, (), generator=generator)), dims=1)
    return torch.lerp(embeddings, others, amount)


@torch.no_grad()
def accuracies(model: Reward, pairs: Pairs, count: int = 192) -> tuple[dict[str, float], np.ndarray]:
    """Share of held-out pairs in the right order, by kind, and all their rewards."""
    right, rewards = {}, []
    for number, kind in enumerate(pairs.names):
        rng = np.random.default_rng((pairs.seed, 2, number))
        tokens, last = both(pairs.stories, [pairs.pair(rng, kind) for _ in range(count)])
        chosen, rejected = model.rewards(model.model.embed_tokens(tokens), last).chunk(2)
        right[kind] = (chosen > rejected).float().mean().item()
        rewards.append(torch.cat((chosen, rejected)).numpy())
    return right, np.concatenate(rewards)


@torch.no_grad()
def spread(model: Reward, rewards: np.ndarray, deviation: float = 2.5) -> None:
    """Scales the score so that held-out rewards have this standard deviation; orders stay as they are."""
    model.score.weight *= deviation / float(rewards.std())


def train_reward(
    train: Stories,
    held: Stories,
    corpora: Path,
    run: Path,
    warm: int,
    steps: int,
    size: int = 24,
    export=None,
    seed: int = 11,
) -> Reward:
    torch.manual_seed(seed)
    model = Reward()
    batches = Batches(train, 32, seed)
    pairs, check = Pairs(train, corpora, seed), Pairs(held, corpora, seed + 1, pool=4000)
    print(f"reward: {len(pairs.happy)} happy and {len(pairs.sad)} sad continuations", flush=True)
    optimiser = Optimiser(model)
    path, start = run / "reward.pt", 0
    if path.exists():
        state = torch.load(path, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load(state["optimiser"])
        start = state["step"]
    running, clock = 0.0, time.time()
    for step in range(start, warm + steps):
        if step < warm:
            tokens = batches.running(step)
            logits = model.head(model(model.model.embed_tokens(tokens[:, :-1])))
            loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
            rate = trapezoid(step, warm, decay=0.4)
        else:
            if step == warm:
                optimiser = Optimiser(model)
            tokens, last = both(train, pairs.batch(step - warm, size)[0])
            generator = torch.Generator().manual_seed(step)
            chosen, rejected = model.rewards(blurred(model.model.embed_tokens(tokens), generator), last).chunk(2)
            # The small penalty holds the mean of the rewards at zero.
            loss = F.softplus(rejected - chosen).mean() + 0.01 * (chosen + rejected).square().mean()
            rate = 0.5 * trapezoid(step - warm, steps, decay=0.7)
        loss.backward()
        optimiser.step(rate)
        running = loss.item() if step in (start, warm) else 0.98 * running + 0.02 * loss.item()
        if (step + 1) % 20 == 0:
            pace = (time.time() - clock) / (step + 1 - start)
            print(
                f"reward {step + 1}/{warm + steps} loss {running:.3f} {pace:.2f} s/step"
                f" left {pace * (warm + steps - step - 1) / 60:.0f} min {time.strftime('%H:%M:%S')}",
                flush=True,
            )
        if (step + 1) % 100 == 0 or step + 1 == warm + steps:
            state = {"model": model.state_dict(), "optimiser": optimiser.state(), "step": step + 1}
            torch.save(state, path.with_suffix(".tmp"))
            path.with_suffix(".tmp").replace(path)
        if step >= warm and (step + 1 - warm) % 200 == 0 and step + 1 < warm + steps:
            right, rewards = accuracies(model, check)
            print(f"reward {step + 1} mean {rewards.mean():.2f} std {rewards.std():.2f}", right, flush=True)
            if export:
                export(model)
    # Outside the loop, so that a run that was interrupted after its last step still ends here. The checkpoint is unscaled.
    right, rewards = accuracies(model, check)
    print(f"reward done mean {rewards.mean():.2f} std {rewards.std():.2f}", right, flush=True)
    spread(model, rewards)
    if export:
        export(model)
    return model
