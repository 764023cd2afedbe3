"""EntRGi as the paper and the published code describe it (arXiv 2602.05000), written plainly."""

import math

import torch
from networks import Denoiser, Reward, Text
from torch import Tensor


def top_p(probs: Tensor, p: float) -> Tensor:
    """Keeps the smallest set of most probable tokens whose mass is at least p, and normalizes it."""
    ordered, ids = probs.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(-1) - ordered >= p] = 0
    kept = torch.zeros_like(probs).scatter_(-1, ids, ordered)
    return kept / kept.sum(-1, keepdim=True)


def draw(probs: Tensor) -> Tensor:
    """A token for each row of the last dimension."""
    return torch.multinomial(probs.flatten(0, -2), 1).view(probs.shape[:-1])


def map_tokens(source: Text, target: Text) -> Tensor:
    """Ids of the source's tokens in the target; of those it lacks, the unknown (else end) token."""
    ids = target.tokenizer.get_vocab()
    missing = target.tokenizer.unk_token_id
    mapped = torch.full((source.rows,), target.end_ids[0] if missing is None else missing)
    for token, row in source.tokenizer.get_vocab().items():
        if token in ids:
            mapped[row] = ids[token]
    return mapped


class Guidance:
    """The guidance of the responses to one prompt."""

    def __init__(self, reward: Reward, source: Text, prompt: str, learning_rate: float, steps: int):
        self.reward, self.source = reward, source
        self.learning_rate, self.steps = learning_rate, steps
        prefix, suffix = (torch.tensor(ids, dtype=torch.long) for ids in reward.text.around(prompt))
        self.prefix, self.suffix = reward.table[prefix], reward.table[suffix]
        # The reward's embedding of every token of the denoiser.
        mapped = map_tokens(source, reward.text)
        same = len(mapped) == len(reward.table) and torch.equal(mapped, torch.arange(len(mapped)))
        self.table = reward.table if same else reward.table[mapped]

    def optimize(self, response: Tensor, masked: Tensor, logits: Tensor, temperature: float, p: float) -> tuple[Tensor, list[Tensor]]:
        """
        Moves the logits [trajectories, masked, vocabulary] of the masked slots of `response` uphill.
        Returns them, and the rewards [trajectories] before each update.
        """
        phi = logits.detach().clone().requires_grad_()
        optimizer = torch.optim.Adam([phi], lr=self.learning_rate, maximize=True)
        batch, size = len(response), phi.shape[-1]
        rewards = []
        for _ in range(self.steps):
            optimizer.zero_grad()
            q = torch.softmax(phi / temperature, dim=-1)
            with torch.no_grad():
                w = torch.special.entr(torch.softmax(phi, dim=-1)).sum(-1, keepdim=True) / math.log(size)
                hard = self.table[draw(top_p(q, p))]
                provisional = response.clone()
                provisional[masked] = phi.argmax(-1).flatten()
                attention = self.attention(provisional)
            soft = q @ self.table
            mixed = soft + (w * (hard - soft)).detach()
            embeds = self.table[response].clone()
            embeds[masked] = mixed.flatten(0, 1)
            before, after = (part.expand(batch, -1, -1) for part in (self.prefix, self.suffix))
            rewards.append(self.reward(torch.cat([before, embeds, after], dim=1), attention))
            rewards[-1].sum().backward()
            optimizer.step()
        return phi.detach(), [values.detach() for values in rewards]

    def attention(self, provisional: Tensor) -> Tensor:
        """1 up to and with the first end token of each response and around it, 0 after that and at padding."""
        ends = torch.isin(provisional, torch.tensor(self.source.end_ids))
        seen = ((ends.cumsum(-1) - ends.long()) == 0) & (provisional != self.source.pad_id)
        before, after = (
            torch.ones(len(provisional), len(part), dtype=torch.long) for part in (self.prefix, self.suffix)
        )
        return torch.cat([before, seen.long(), after], dim=1)


def generate(denoiser: Denoiser, reward: Reward, prompt: str, settings: dict) -> tuple[int, list[str]]:
    """Texts of all trajectories, and how many denoising steps were guided."""
    text = denoiser.text
    length, steps = settings["length"], settings["steps"]
    temperature, p = settings["temperature"], settings["topP"]
    guidance = Guidance(reward, text, prompt, settings["learningRate"], settings["guidanceSteps"])
    prefix = torch.tensor(text.prompt(prompt))
    response = torch.full((settings["trajectories"], length), text.mask_id)
    forbidden = [text.mask_id, *range(len(text.tokenizer), text.rows)]
    times = torch.linspace(1, 1e-3, steps + 1, dtype=torch.float64)
    guided = 0
    for step in range(steps):
        masked = response == text.mask_id
        # As many in every trajectory: all reveal as many in a step.
        rows = int(masked[0].sum())
        count = rows if step == steps - 1 else int(rows * (1 - times[step + 1] / times[step]))
        if count == 0:
            continue
        ids = torch.cat([prefix.expand(len(response), -1), response], dim=1)
        logits = denoiser(ids)[:, len(prefix) :][masked].view(len(response), rows, -1)
        logits[..., forbidden] = -torch.inf
        optimized, _ = guidance.optimize(response, masked, logits, temperature, p)
        guided += 1
        tokens = draw(top_p(torch.softmax(optimized / temperature, dim=-1), p))
        confidence = -torch.special.entr(torch.softmax(logits / temperature, dim=-1)).sum(-1)
        confidence[torch.isin(tokens, torch.tensor(text.end_ids))] = -torch.inf
        chosen = confidence.topk(count, dim=-1).indices
        slots = masked.nonzero()[:, 1].view(len(response), rows)
        response.scatter_(1, slots.gather(1, chosen), tokens.gather(1, chosen))
    return guided, [text.decode(ids) for ids in response.tolist()]
