"""Who may ask how often."""

import time
from collections import OrderedDict


class Buckets:
    """A token bucket for each key: so much at once, and then so much a second.

    Args:
      rate: tokens that come back each second.
      burst: tokens that fit in.
      keep: for how many keys; those that asked longest ago are forgotten, and then have a full bucket.
    """

    def __init__(self, rate: float, burst: float, keep: int = 4096):
        self._rate, self._burst, self._keep = rate, burst, keep
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def wait(self, key: object, tokens: float = 1.0, now: float | None = None) -> float:
        """Takes tokens: 0 if they were there, else after how many seconds they will be."""
        now = time.monotonic() if now is None else now
        left, then = self._buckets.pop(key, (self._burst, now))
        left = min(left + (now - then) * self._rate, self._burst)
        enough = left >= tokens
        self._buckets[key] = (left - tokens if enough else left, now)
        while len(self._buckets) > self._keep:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (tokens - left) / self._rate
