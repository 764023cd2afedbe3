"""Muon (momentum, orthogonalised) for the hidden matrices, AdamW for everything else, and the moving average that is kept."""

import torch
from device import CUDA
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


class Optimizer:
    """One step of both at `rate` times their own learning rates."""

    def __init__(self, model: nn.Module, muon_rate: float = 0.02, adam_rate: float = 2e-3, momentum: float = 0.95):
        named = list(model.named_parameters())
        matrices = [p for n, p in named if p.ndim == 2 and "layer" in n]
        others = [p for n, p in named if not (p.ndim == 2 and "layer" in n)]
        self.groups: dict[tuple[int, ...], list[Tensor]] = {}
        for matrix in matrices:
            self.groups.setdefault(tuple(matrix.shape), []).append(matrix)
        self.velocity = {s: torch.zeros(len(ps), *s, device=ps[0].device) for s, ps in self.groups.items()}
        self.muon_rate, self.adam_rate, self.momentum = muon_rate, adam_rate, momentum
        fused = {"fused": True} if CUDA else {"foreach": True}
        self.adam = torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0, **fused)
        self.everything = [*matrices, *others]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        nn.utils.clip_grad_norm_(self.everything, 1.0)
        for shape, parameters in self.groups.items():
            gradient = torch.stack([p.grad for p in parameters])
            velocity = self.velocity[shape]
            velocity.lerp_(gradient, 1 - self.momentum)
            update = polar(gradient.lerp_(velocity, self.momentum)) * max(1, shape[0] / shape[1]) ** 0.5
            torch._foreach_mul_(parameters, 1 - 0.1 * self.muon_rate * rate)
            torch._foreach_add_(parameters, list(update.unbind(0)), alpha=-self.muon_rate * rate)
        self.adam.param_groups[0]["lr"] = self.adam_rate * rate
        self.adam.step()
        for p in self.everything:
            p.grad = None

    def state(self) -> dict:
        return {"velocity": self.velocity, "adam": self.adam.state_dict()}

    def load(self, state: dict) -> None:
        for shape, velocity in state["velocity"].items():
            self.velocity[shape].copy_(velocity)
        self.adam.load_state_dict(state["adam"])


class Average:
    """An exponential moving average of the weights, in a model of its own: what is measured and kept."""

    def __init__(self, model: nn.Module, average: nn.Module, horizon: float = 400):
        self.source, self.target = list(model.parameters()), list(average.parameters())
        self.horizon, self.count = horizon, 0
        average.load_state_dict(model.state_dict())
        average.eval().requires_grad_(False)

    @torch.no_grad()
    def update(self) -> None:
        self.count += 1
        torch._foreach_lerp_(self.target, self.source, max(1 / self.horizon, 1 / (self.count / 4 + 1)))
