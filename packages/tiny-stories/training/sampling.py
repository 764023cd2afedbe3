"""A plain sampler: the most certain places (lowest entropy) are filled first."""

import torch
from data import RESPONSE, Stories
from denoiser import Denoiser


def top_p(probabilities: torch.Tensor, mass: float) -> torch.Tensor:
    """Probabilities [..., V] without the tail beyond `mass`; not normalised."""
    ordered, order = probabilities.sort(dim=-1, descending=True)
    kept = ordered.cumsum(-1) - ordered < mass
    return torch.zeros_like(probabilities).scatter(-1, order, ordered * kept)


@torch.no_grad()
def sample(
    model: Denoiser,
    stories: Stories,
    openings: list[str],
    steps: int = 64,
    temperature: float = 0.7,
    mass: float = 0.95,
    seed: int = 0,
) -> list[list[int]]:
    """Responses (up to 64 tokens, without the end token) to the openings."""
    generator = torch.Generator().manual_seed(seed)
    mask, pad, end = (stories.tokenizer.token_to_id(f"<|{name}|>") for name in ("mask", "endoftext", "im_end"))
    prompts = [stories.prompt(opening) for opening in openings]
    length = max(map(len, prompts)) + RESPONSE
    tokens = torch.tensor([[*p, *[mask] * RESPONSE, *[pad] * (length - len(p) - RESPONSE)] for p in prompts])
    starts = torch.tensor([len(p) for p in prompts])[:, None]
    places = starts + torch.arange(RESPONSE)
    attended = torch.arange(length) < starts + RESPONSE
    rows = torch.arange(len(prompts))[:, None]
    for step in range(steps):
        logits = model.head(model(tokens, attended)[rows, places - 1])
        logits[..., mask] = -torch.inf
        probabilities = top_p(torch.softmax(logits / temperature, dim=-1), mass)
        probabilities /= probabilities.sum(-1, keepdim=True)
        entropy = -torch.xlogy(probabilities, probabilities).sum(-1)
        masked = tokens[rows, places] == mask
        drawn = torch.multinomial(probabilities.flatten(0, 1), 1, generator=generator).view_as(places)
        share = -(-int(masked[0].sum()) // (steps - step))
        chosen = entropy.masked_fill(~masked, torch.inf).topk(share, largest=False).indices
        tokens[rows, places.gather(1, chosen)] = drawn.gather(1, chosen)
    responses = tokens[rows, places].tolist()
    stops = [next((i for i, t in enumerate(r) if t in (end, pad)), len(r)) for r in responses]
    return [r[:stop] for r, stop in zip(responses, stops, strict=True)]
