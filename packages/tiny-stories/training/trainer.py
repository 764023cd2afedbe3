"""The one training loop: a budget of seconds, phases, the best average kept; interrupted, it goes on where it stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from device import CUDA, compiled, settle
from optimizer import Average, Optimizer
from schedule import Schedule
from torch import nn


@dataclass
class Phase:
    """A stretch of the time with batches of its own."""

    name: str
    share: float
    batch: Callable[[], tuple]
    rate: float = 1.0
    # With an optimizer and an average of its own, or those of the phase before.
    fresh: bool = True
    # Only a measured phase has held-out numbers, and results that are kept.
    measured: bool = True
    begin: Callable[[], None] = lambda: None


@dataclass
class Job:
    """What is particular to one model."""

    name: str
    model: nn.Module
    average: nn.Module
    loss: Callable
    phases: list[Phase]
    # (a held-out loss to be lowered, what is to be told of it) of the average
    measure: Callable[[nn.Module], tuple[float, dict]]
    # Writes the weights with the facts; called whenever they are the best yet.
    store: Callable[[dict, dict], None]
    optimizer: Callable[[nn.Module], Optimizer] = Optimizer
    decay: float = 0.6
    patience: int = 6
    # Called after every step of a measured phase.
    after: Callable[[int], None] = lambda step: None


def say(job: str, text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {job}: {text}", flush=True)


def write_whole(value, path: Path) -> None:
    """A file that another process reads appears whole or not at all."""
    torch.save(value, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def train(job: Job, run: Path, seconds: float) -> None:
    """Trains for `seconds` in all, those before an interruption counted."""
    schedule = Schedule(seconds, job.decay, job.patience)
    loss_of = compiled(lambda *batch: job.loss(job.model, *batch))
    path, done, step, at, facts = run / f"{job.name}-state.pt", 0.0, 0, -1, {}
    optimizer, mean = job.optimizer(job.model), Average(job.model, job.average)
    if path.exists():
        state = torch.load(path, weights_only=False)
        job.model.load_state_dict(state["model"])
        job.average.load_state_dict(state["average"])
        optimizer.load(state["optimizer"])
        vars(schedule).update(state["schedule"])
        mean.count, done, step, at, facts = (state[key] for key in ("count", "elapsed", "step", "phase", "facts"))
        job.phases[at].begin()
        say(job.name, f"goes on from step {step}, {done:.0f} s")
    else:
        # The first call compiles; that is not training time, and its gradient is thrown away.
        loss_of(*job.phases[0].batch()).backward()
        for p in job.model.parameters():
            p.grad = None
    settle()
    begun, told, first, running = time.time() - done, time.time(), step, None
    ends = [sum(phase.share for phase in job.phases[: i + 1]) * seconds for i in range(len(job.phases))]
    every = 20 if CUDA else max(60, seconds / 40)
    while (elapsed := time.time() - begun) < schedule.end:
        now = next(i for i, end in enumerate(ends) if elapsed < end or i == len(ends) - 1)
        phase = job.phases[now]
        if now != at:
            phase.begin()
            if phase.fresh and at >= 0:
                optimizer, mean = job.optimizer(job.model), Average(job.model, job.average)
            at, first, running = now, step, None
            say(job.name, f"{phase.name} from step {step}")
        loss = loss_of(*phase.batch())
        loss.backward()
        gentle = min(1.0, (step - first + 1) / 100) if phase.fresh else 1.0
        optimizer.step(phase.rate * gentle * schedule.rate(step, elapsed))
        mean.update()
        step += 1
        running = loss.detach() if running is None else running.lerp(loss.detach(), 0.02)
        if phase.measured:
            job.after(step)
        if step % 8 == 0:
            settle()
        last = time.time() - begun >= schedule.end
        if time.time() - told < every and not last:
            continue
        if phase.measured:
            value, telling = job.measure(job.average)
            better = schedule.report(value, elapsed)
            if better:
                facts = {"step": step, "seconds": round(elapsed), **telling}
                job.store({n: t.detach().cpu().clone() for n, t in job.average.state_dict().items()}, facts)
            say(job.name, f"step {step} loss {running.item():.4f} {'best ' if better else ''}{telling}")
        else:
            say(job.name, f"step {step} loss {running.item():.4f}")
        state = {"model": job.model.state_dict(), "average": job.average.state_dict(), "optimizer": optimizer.state()}
        times = {"count": mean.count, "elapsed": time.time() - begun, "step": step, "phase": at, "facts": facts}
        write_whole({**state, **times, "schedule": vars(schedule)}, path)
        told = time.time()
    say(job.name, f"kept {facts}")
