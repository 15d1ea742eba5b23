# %% right: backwards
def discounted_return(rewards, gamma):
    total = 0.0
    for reward in reversed(list(rewards)):
        total = reward + gamma * total
    return total

# %% right: NumPy
def discounted_return(rewards, gamma):
    rewards = np.asarray(rewards, dtype=float)
    return np.sum(gamma ** np.arange(len(rewards)) * rewards)

# %% right: a dot product in JAX
def discounted_return(rewards, gamma):
    rewards = jnp.asarray(rewards, jnp.float32)
    return jnp.dot(jnp.power(gamma, jnp.arange(rewards.shape[0])), rewards)

# %% right: a running factor
def discounted_return(rewards, gamma):
    total, factor = 0, 1
    for reward in rewards:
        total += factor * reward
        factor *= gamma
    return total

# %% right: recursion
def discounted_return(rewards, gamma):
    if len(rewards) == 0:
        return 0.0
    return rewards[0] + gamma * discounted_return(rewards[1:], gamma)

# %% right: decorated with jax.jit
@jax.jit
def discounted_return(rewards, gamma):
    return sum((gamma**t * r for t, r in enumerate(rewards)), 0.0)

# %% right: polyval, Horner's scheme
def discounted_return(rewards, gamma):
    return float(np.polyval(np.array(list(map(float, rewards)))[::-1], gamma))

# %% right: a fold, prints
def discounted_return(rewards, gamma):
    import functools
    print("adding up", len(rewards))
    return functools.reduce(lambda later, r: r + gamma * later, [float(r) for r in rewards][::-1], 0.0)

# %% right: float32 throughout, a 0-d array
def discounted_return(rewards, gamma):
    total = np.zeros((), np.float32)
    for t in range(len(rewards)):
        total = total + np.float32(gamma) ** t * np.float32(rewards[t])
    return np.asarray(total)

# %% right: int 0 for nothing
def discounted_return(rewards, gamma):
    return sum(r * pow(gamma, i) for i, r in enumerate(rewards))

# %% right: lax.scan
def discounted_return(rewards, gamma):
    step = lambda total, r: (r + gamma * total, None)
    total, _ = jax.lax.scan(step, jnp.float32(0), jnp.asarray(rewards, jnp.float32), reverse=True)
    return total

# %% wrong: no gamma | says: gamma was never used
def discounted_return(rewards, gamma):
    return float(sum(rewards))

# %% wrong: the first reward discounted too | says: its power of gamma is 0
def discounted_return(rewards, gamma):
    return float(sum(gamma ** (t + 1) * r for t, r in enumerate(rewards)))

# %% wrong: from the wrong end | says: wrong end
def discounted_return(rewards, gamma):
    total = 0.0
    for reward in rewards:
        total = reward + gamma * total
    return total

# %% wrong: gamma times t | says: gamma**t
def discounted_return(rewards, gamma):
    return float(sum(gamma * t * r for t, r in enumerate(rewards)))

# %% wrong: one factor for all later rewards | says: another factor
def discounted_return(rewards, gamma):
    return float(rewards[0] + gamma * sum(rewards[1:])) if len(rewards) else 0.0

# %% wrong: the sum discounted as a whole | says: its own power
def discounted_return(rewards, gamma):
    return float(gamma ** len(rewards) * sum(rewards))

# %% wrong: the last reward left out | says: last reward
def discounted_return(rewards, gamma):
    return float(sum(gamma**t * rewards[t] for t in range(len(rewards) - 1)))

# %% wrong: a weighted mean | says: weighted mean
def discounted_return(rewards, gamma):
    if len(rewards) == 0:
        return 0.0
    weights = np.array([gamma**t for t in range(len(rewards))])
    return float(np.dot(weights, rewards) / weights.sum())

# %% wrong: an integer | says: fractions
def discounted_return(rewards, gamma):
    return int(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: integer storage | says: fractions
def discounted_return(rewards, gamma):
    rewards = np.asarray(rewards)
    discounted = np.zeros_like(rewards)
    for t in range(len(rewards)):
        discounted[t] = gamma**t * rewards[t]
    return discounted.sum()

# %% wrong: the returns from every step on | says: only the first
def discounted_return(rewards, gamma):
    out = np.zeros(len(rewards))
    total = 0.0
    for t in reversed(range(len(rewards))):
        out[t] = total = rewards[t] + gamma * total
    return out

# %% wrong: a list | says: it is a list
def discounted_return(rewards, gamma):
    return [float(sum(gamma**t * r for t, r in enumerate(rewards)))]

# %% wrong: writes into the rewards | says: modified
def discounted_return(rewards, gamma):
    for t in range(len(rewards)):
        rewards[t] = rewards[t] * gamma**t
    return float(sum(rewards))

# %% wrong: takes the rewards out of the list | says: modified
def discounted_return(rewards, gamma):
    if isinstance(rewards, np.ndarray):
        rewards = list(rewards)
    total = 0.0
    while rewards:
        total = rewards.pop() + gamma * total
    return total

# %% wrong: reverses the list | says: modified
def discounted_return(rewards, gamma):
    if isinstance(rewards, list):
        rewards.reverse()
        total = 0.0
        for reward in rewards:
            total = reward + gamma * total
        return total
    return float(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: exp and log of gamma | says: gamma is 0
def discounted_return(rewards, gamma):
    rewards = np.asarray(rewards, float)
    with np.errstate(all="ignore"):
        return float(np.sum(np.exp(np.arange(len(rewards)) * np.log(gamma)) * rewards))

# %% wrong: divides by gamma | says: divides by zero
def discounted_return(rewards, gamma):
    factor, total = gamma ** len(rewards), 0.0
    for reward in reversed(list(rewards)):
        factor = factor / gamma
        total += factor * reward
    return total

# %% wrong: nothing for gamma 0 | says: still counts
def discounted_return(rewards, gamma):
    if gamma == 0:
        return 0.0
    return float(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: None for no rewards | says: None
def discounted_return(rewards, gamma):
    if len(rewards) > 0:
        return float(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: fails on no rewards | says: beyond the end
def discounted_return(rewards, gamma):
    total = rewards[-1]
    for t in range(len(rewards) - 2, -1, -1):
        total = rewards[t] + gamma * total
    return total

# %% wrong: asks a NumPy array whether it is true | says: neither true nor false
def discounted_return(rewards, gamma):
    if not rewards:
        return 0.0
    return float(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: stops at a negative reward | says: negative reward
def discounted_return(rewards, gamma):
    return float(sum(gamma**t * max(r, 0.0) for t, r in enumerate(rewards)))

# %% wrong: a reward of one each | says: powers of gamma alone
def discounted_return(rewards, gamma):
    return float(sum(gamma**t for t, r in enumerate(rewards)))

# %% wrong: only ten steps | says: first ten
def discounted_return(rewards, gamma):
    return float(sum(gamma**t * r for t, r in enumerate(rewards[:10])))

# %% wrong: looks the powers up by reward | says: equal rewards
def discounted_return(rewards, gamma):
    rewards = list(rewards)
    return float(sum(gamma ** rewards.index(r) * r for r in rewards))

# %% wrong: rounds | says: rounded
def discounted_return(rewards, gamma):
    return round(float(sum(gamma**t * r for t, r in enumerate(rewards))), 2)

# %% right: recursion on JAX arrays
def discounted_return(rewards, gamma):
    rewards = jnp.asarray(rewards, float)
    if rewards.shape[0] == 0:
        return jnp.float32(0)
    return rewards[0] + gamma * discounted_return(rewards[1:], gamma)

# %% right: a filter, for those who know signals
from scipy.signal import lfilter
def discounted_return(rewards, gamma):
    return lfilter([1], [1, -gamma], np.asarray(rewards)[::-1])[-1] if len(rewards) else 0.0

# %% wrong: the first reward left out | says: first reward is missing
def discounted_return(rewards, gamma):
    return float(sum(gamma**t * rewards[t] for t in range(1, len(rewards))))

# %% wrong: returns inside the loop | says: inside the loop
def discounted_return(rewards, gamma):
    total = 0.0
    for t, r in enumerate(rewards):
        total += gamma**t * r
        return total
    return total

# %% wrong: whole rewards only | says: whole numbers
def discounted_return(rewards, gamma):
    return float(sum(gamma**t * int(r) for t, r in enumerate(rewards)))

# %% wrong: the mean of the discounted rewards | says: mean
def discounted_return(rewards, gamma):
    return float(np.mean([gamma**t * r for t, r in enumerate(rewards)])) if len(rewards) else 0.0
