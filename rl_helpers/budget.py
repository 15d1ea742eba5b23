"""How long training lasts. With `RL_HELPERS_SHORT_TRAINING=1` in its environment a notebook trains and evaluates for a
twentieth of the time, to see whether it runs at all, say with other versions. Its agents learn little.
"""

import os


def shortened(count: int) -> int:
    """`count` steps or episodes; a twentieth of them, rounded up, where training is to be short."""
    return -(-count // 20) if os.environ.get("RL_HELPERS_SHORT_TRAINING") == "1" else count
