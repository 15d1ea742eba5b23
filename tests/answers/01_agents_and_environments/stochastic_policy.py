# %% right: choice with probabilities
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return rng.choice([0, 1], p=[0.2, 0.8])

# %% right: binomial
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else rng.binomial(1, 0.8)

# %% right: one of five
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else int(rng.integers(5) > 0)

# %% right: choice among five equally likely
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) <= 0:
        return int(rng.choice([0, 1, 1, 1, 1]))
    else:
        return 0

# %% right: always draws, then decides
def stochastic_policy(rng, obs):
    draw = rng.random()
    positive = np.dot([1, -2, 2, -1], obs) > 0
    return np.where(positive | (draw < 0.2), 0, 1)

# %% right: calls the deterministic policy
def stochastic_policy(rng, obs):
    if deterministic_policy(obs) == 1:
        return 0
    return int(rng.uniform() > 0.2)

# %% right: draws twice and uses one
def stochastic_policy(rng, obs):
    a, b = rng.random(2)
    return int(np.dot([1, -2, 2, -1], obs) <= 0 and b < 0.8)

# %% right: a normal draw
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else int(rng.normal() < 0.8416212335729143)

# %% right: a JAX key made from rng
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    key = jax.random.key(int(rng.integers(2**31)))
    return int(jax.random.bernoulli(key, 0.8))

# %% right: default_rng of a generator is that generator
def stochastic_policy(rng, obs):
    rng = np.random.default_rng(rng)
    return int(rng.random() < (0.0 if np.dot([1, -2, 2, -1], obs) > 0 else 0.8))

# %% right: multinomial, prints and warns
def stochastic_policy(rng, obs):
    import warnings
    warnings.warn("rolling dice")
    p = [1.0, 0.0] if np.dot([1, -2, 2, -1], obs) > 0 else [0.2, 0.8]
    return np.argmax(rng.multinomial(1, p))

# %% wrong: the probabilities swapped | says: swapped
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.random() < 0.2)

# %% wrong: a fair coin | says: equally likely
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.integers(2))

# %% wrong: 1 where the sum is positive, as the deterministic policy | says: other way round
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 1
    return int(rng.random() < 0.8)

# %% wrong: the sides swapped | says: other way round
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) <= 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: the tie on the certain side | says: zero is not greater than zero
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) >= 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: NumPy's global generator | says: hidden generator
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return np.random.choice([0, 1], p=[0.2, 0.8])

# %% wrong: Python's random module | says: hidden generator
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(random.random() < 0.8)

# %% wrong: a new generator with a fixed seed in every call | says: starts from scratch
def stochastic_policy(rng, obs):
    rng = np.random.default_rng(0)
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: a new unseeded generator | says: hidden generator
def stochastic_policy(rng, obs):
    rng = np.random.default_rng()
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: a generator of its own, made once | says: hidden generator
_own = np.random.default_rng(0)
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(_own.random() < 0.8)

# %% wrong: a fixed JAX key | says: starts from scratch
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(jax.random.bernoulli(jax.random.key(0), 0.8))

# %% wrong: a copy of the generator | says: starts from scratch
def stochastic_policy(rng, obs):
    import copy
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(copy.deepcopy(rng).random() < 0.8)

# %% wrong: no chance at all | says: starts from scratch
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else 1

# %% wrong: always the likelier of the two, in fives | says: fixed pattern
turn = 0
def stochastic_policy(rng, obs):
    global turn
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    turn += 1
    return int(turn % 5 > 0)

# %% wrong: a boolean | says: boolean
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return rng.random() < 0.8

# %% wrong: an array of one | says: shape
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return rng.choice([0, 1], size=1, p=[0.2, 0.8])

# %% wrong: no return where the sum is positive | says: None
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) <= 0:
        return rng.choice([0, 1], p=[0.2, 0.8])

# %% wrong: the sum decides the probability | says: probability is the same
def stochastic_policy(rng, obs):
    total = np.dot([1, -2, 2, -1], obs)
    return 0 if total > 0 else int(rng.random() < 1 / (1 + np.exp(total - 1.386)))

# %% wrong: noise on both sides | says: nothing is left to chance
def stochastic_policy(rng, obs):
    greedy = 0 if np.dot([1, -2, 2, -1], obs) > 0 else 1
    return greedy if rng.random() < 0.8 else 1 - greedy

# %% wrong: one in four instead of one in five
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.integers(4) > 0)

# %% wrong: a small sum counts as zero | says: without a margin
def stochastic_policy(rng, obs):
    if np.round(np.dot([1, -2, 2, -1], obs), 1) > 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: a weight's sign | says: is a weight wrong
def stochastic_policy(rng, obs):
    if np.dot([1, 2, 2, -1], obs) > 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: remembers its draw for an observation | says: one draw for ever
drawn = {}
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return drawn.setdefault(tuple(obs), int(rng.random() < 0.8))

# %% wrong: writes into the observation | says: modified
def stochastic_policy(rng, obs):
    obs -= obs.mean()
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    return int(rng.random() < 0.8)

# %% wrong: a new draw only in every other call | says: draw anew in every call
held = []
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    if not held:
        held.extend([int(rng.random() < 0.8)] * 2)
    return held.pop()

# %% right: helpers with underscores
_weights = (1, -2, 2, -1)
def _dot(obs):
    return sum(w * o for w, o in zip(_weights, obs))
def _draw(rng):
    return int(rng.random() < 0.8)
def stochastic_policy(rng, obs):
    return 0 if _dot(obs) > 0 else _draw(rng)

# %% right: rejection, in a loop that ends
def stochastic_policy(rng, obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 0
    while (k := rng.integers(8)) > 4:
        pass
    else:
        return int(k != 0)

# %% wrong: a normal draw below 0.8
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else int(rng.normal() < 0.8)

# %% wrong: 80 of 101
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else int(rng.integers(0, 100, endpoint=True) < 80)

# %% wrong: a margin of one in a million | says: without a margin
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 1e-6 else int(rng.random() < 0.8)

# %% wrong: counts the actions from one | says: 0 or 1
def stochastic_policy(rng, obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else rng.choice([1, 2], p=[0.2, 0.8])
