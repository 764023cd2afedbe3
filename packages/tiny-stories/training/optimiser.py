"""Muon (momentum, orthogonalised) for the hidden matrices, AdamW for everything else."""

import torch
from torch import Tensor, nn

# Quintic steps towards the polar factor; each triple is the best one for what the step before it leaves
# (the Polar Express, arXiv 2505.16932). float32: a processor without bfloat16 units is slow at bfloat16.
POLAR = [
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
]


def polar(matrix: Tensor) -> Tensor:
    """U Vᵀ of the singular value decomposition, approximately; batched over leading dimensions."""
    x = matrix / (matrix.norm(dim=(-2, -1), keepdim=True) * 1.02 + 1e-6)
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    for a, b, c in POLAR:
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Optimiser:
    """One step of both at `rate` times their own learning rates."""

    def __init__(self, model: nn.Module, muon_rate: float = 0.02, adam_rate: float = 2e-3, momentum: float = 0.95):
        matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "layers." in n]
        others = [p for n, p in model.named_parameters() if not (p.ndim == 2 and "layers." in n)]
        self.groups: dict[tuple[int, ...], list[Tensor]] = {}
        for matrix in matrices:
            self.groups.setdefault(tuple(matrix.shape), []).append(matrix)
        self.velocity = {shape: torch.zeros(len(ps), *shape) for shape, ps in self.groups.items()}
        self.muon_rate, self.adam_rate, self.momentum = muon_rate, adam_rate, momentum
        self.adam = torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0, foreach=True)
        self.everything = [*matrices, *others]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        nn.utils.clip_grad_norm_(self.everything, 1.0)
        for shape, parameters in self.groups.items():
            gradient = torch.stack([p.grad for p in parameters])
            velocity = self.velocity[shape]
            velocity.lerp_(gradient, 1 - self.momentum)
            update = polar(gradient.lerp_(velocity, self.momentum)) * max(1, shape[0] / shape[1]) ** 0.5
            for p, u in zip(parameters, update, strict=True):
                p.mul_(1 - 0.05 * self.muon_rate * rate).add_(u, alpha=-self.muon_rate * rate)
        self.adam.param_groups[0]["lr"] = self.adam_rate * rate
        self.adam.step()
        for p in self.everything:
            p.grad = None

    def state(self) -> dict:
        return {"velocity": self.velocity, "adam": self.adam.state_dict()}

    def load(self, state: dict) -> None:
        self.velocity = state["velocity"]
        self.adam.load_state_dict(state["adam"])


def trapezoid(step: int, steps: int, warmup: int = 60, decay: float = 0.5) -> float:
    """Learning rate multiplier: up, level, and down to zero over the last `decay` of the steps."""
    return min(1, (step + 1) / warmup, (steps - step) / (decay * steps))
