"""The learning rate over a budget of seconds."""


class Schedule:
    """Up, level, and down to zero at the end of the time; earlier when held-out numbers have stopped getting better."""

    def __init__(self, seconds: float, decay: float, patience: int, warm: int = 100, least: float = 40):
        self.seconds, self.warm, self.patience, self.least = max(seconds, 1e-3), warm, patience, least
        self.down, self.end = self.seconds * (1 - decay), self.seconds
        self.best, self.bad = float("inf"), 0

    def rate(self, step: int, elapsed: float) -> float:
        falling = (self.end - elapsed) / max(self.end - self.down, 1e-3)
        return max(0.0, min(1.0, (step + 1) / self.warm, falling))

    def report(self, value: float, elapsed: float) -> bool:
        """Whether a held-out loss is the best yet; after `patience` that were not, the way down begins."""
        better = value < self.best - 1e-4
        self.best, self.bad = (value, 0) if better else (self.best, self.bad + 1)
        if not better and self.bad >= self.patience and elapsed < self.down:
            self.down, self.end = elapsed, min(self.seconds, elapsed + max(self.least, 0.35 * elapsed))
        return better
