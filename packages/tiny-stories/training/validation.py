"""Held-out chats with masks, as the bound on the loss is measured on them; they depend on the seed and the step alone."""

import numpy as np
from chat import END, MASK, PAD
from data import RESPONSE, Stories

SIZE = 64
WINDOWS = [(10, 18), (14, 26), (22, 36), (30, 48)]


def batch(stories: Stories, seed: int, step: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """clean, noisy, attended, weights 1/t where a token is masked, all [64, S], and the number of tokens that count"""
    rng = np.random.default_rng((seed, 2, step))
    fewest, most = WINDOWS[int(rng.integers(len(WINDOWS)))]
    rows, counted = [], []
    for _ in range(SIZE):
        sample = stories.sample(rng, rng.random() < 0.4, fewest, most)
        prompt, tail = stories.prompt(sample.opening), [END] if sample.ended else []
        content = [*sample.response, *tail]
        padding = RESPONSE - len(content)
        rows.append([*prompt, *content, *[PAD] * padding])
        counted.append([0] * len(prompt) + [2] * len(content) + [1] * padding)  # 0: never masked, 1: not counted
    length = max(map(len, rows))
    fill = lambda lists, value: np.array([[*row, *[value] * (length - len(row))] for row in lists])
    clean, counted = fill(rows, PAD), fill(counted, 0)
    attended = np.arange(length) < np.array([len(row) for row in rows])[:, None]
    t = (rng.permutation(SIZE) + rng.random(SIZE)) / SIZE  # one t per stratum
    masked = (rng.random(clean.shape) < t[:, None]) & (counted > 0)
    weights = masked * (counted == 2) / np.maximum(t, 1e-3)[:, None]
    return clean, np.where(masked, MASK, clean), attended, weights, int((counted == 2).sum())


def batches(stories: Stories, seed: int, steps: range) -> dict[str, np.ndarray]:
    made = [batch(stories, seed, step) for step in steps]
    length = max(m[0].shape[1] for m in made)
    wide = lambda i, value: np.concatenate(
        [np.pad(m[i], ((0, 0), (0, length - m[i].shape[1])), constant_values=value) for m in made]
    )
    return {
        "clean": wide(0, PAD).astype(np.int16),
        "noisy": wide(1, PAD).astype(np.int16),
        "attended": wide(2, False),
        "exact": wide(3, 0.0).astype(np.float32),
        "size": np.array(sum(m[4] for m in made)),
    }
