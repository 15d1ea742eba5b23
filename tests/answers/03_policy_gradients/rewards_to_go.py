# %% right: backwards loop into zeros
def rewards_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% right: double loop
def rewards_to_go(rewards, gamma=1.0):
    result = []
    for t in range(len(rewards)):
        total = 0.0
        for k in range(t, len(rewards)):
            total += gamma ** (k - t) * rewards[k]
        result.append(total)
    return np.array(result)

# %% right: appends and reverses
def rewards_to_go(rewards, gamma=1.0):
    result, running = [], 0
    for reward in reversed(list(rewards)):
        running = reward + gamma * running
        result.append(running)
    return np.array(result[::-1], dtype=np.float32)

# %% right: jax.lax.scan from the back
def rewards_to_go(rewards, gamma=1.0):
    def step(carry, reward):
        carry = reward + gamma * carry
        return carry, carry
    _, out = jax.lax.scan(step, 0.0, jnp.asarray(rewards, jnp.float32), reverse=True)
    return out

# %% right: a matrix of powers
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, dtype=float)
    t = np.arange(len(rewards))
    ahead = t[None, :] - t[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return weights @ rewards

# %% right: np.polyval on every rest
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, float)
    return np.array([np.polyval(rewards[t:][::-1], gamma) for t in range(len(rewards))])

# %% right: accumulate
import itertools
def rewards_to_go(rewards, gamma=1.0):
    backwards = itertools.accumulate(reversed([float(r) for r in rewards]), lambda total, r: r + gamma * total)
    return np.array(list(backwards)[::-1])

# %% right: a convolution in NumPy
def rewards_to_go(rewards, gamma=1.0):
    T = len(rewards)
    if T == 0:
        return np.zeros(0)
    kernel = float(gamma) ** np.arange(T)
    return np.convolve(np.asarray(rewards, float)[::-1], kernel)[:T][::-1]

# %% right: recursion through a stack, result as a JAX array, with prints
def rewards_to_go(rewards, gamma=1.0):
    print("rewards:", len(rewards))
    future = jnp.float32(0.0)
    stack = collections.deque()
    for r in np.asarray(rewards, np.float32)[::-1]:
        future = np.float32(r + gamma * float(future))
        stack.appendleft(future)
    return jnp.array(list(stack), jnp.float32)

# %% right: sums of the rest, gamma by np.power
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.array(rewards, dtype=np.float64)
    return np.array([np.sum(rewards[t:] * np.power(gamma, np.arange(len(rewards) - t))) for t in range(len(rewards))])

# %% wrong: sums what came before | says: what came before
def rewards_to_go(rewards, gamma=1.0):
    return np.cumsum(np.asarray(rewards, float))

# %% wrong: leaves out the reward of its own step | says: reward of step t itself
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        out[t] = running
        running = rewards[t] + gamma * running
    return out

# %% wrong: not turned back | says: order is reversed
def rewards_to_go(rewards, gamma=1.0):
    out, running = [], 0.0
    for r in reversed(rewards):
        running = r + gamma * running
        out.append(running)
    return np.array(out)

# %% wrong: the whole return for every step | says: whole episode's return
def rewards_to_go(rewards, gamma=1.0):
    return np.full(len(rewards), float(sum(r * gamma**t for t, r in enumerate(rewards))))

# %% wrong: one number | says: one number
def rewards_to_go(rewards, gamma=1.0):
    return float(sum(gamma**t * r for t, r in enumerate(rewards)))

# %% wrong: ignores gamma | says: gamma was never used
def rewards_to_go(rewards, gamma=1.0):
    return np.flip(np.cumsum(np.flip(np.asarray(rewards, float))))

# %% wrong: discount counted from the start | says: from the start of the episode
def rewards_to_go(rewards, gamma=1.0):
    discounted = np.asarray(rewards, float) * gamma ** np.arange(len(rewards))
    return np.flip(np.cumsum(np.flip(discounted)))

# %% wrong: discounts its own reward too | says: counts in full
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = gamma * (rewards[t] + running)
        out[t] = running
    return out

# %% wrong: gamma on the finished sums | says: own factor
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, float)
    return gamma * np.flip(np.cumsum(np.flip(rewards)))

# %% wrong: cuts to int32 | says: fractions are gone
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out.astype("int32")

# %% wrong: keeps the dtype of whole numbers | says: fractions are gone
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards)
    out = np.zeros_like(rewards)
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% wrong: a list | says: array
def rewards_to_go(rewards, gamma=1.0):
    out, running = [], 0.0
    for r in reversed(list(rewards)):
        running = r + gamma * running
        out.insert(0, running)
    return out

# %% wrong: modifies its input in place | says: modified
def rewards_to_go(rewards, gamma=1.0):
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] += gamma * rewards[t + 1]
    return np.array(rewards, float)

# %% wrong: fails for an episode without steps | says: beyond the end
def rewards_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    out[-1] = rewards[-1]
    for t in range(len(rewards) - 2, -1, -1):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out

# %% wrong: divides by powers of gamma, nan at gamma 0 | says: gamma may be 0
def rewards_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, float)
    powers = float(gamma) ** np.arange(len(rewards))
    return np.flip(np.cumsum(np.flip(rewards * powers))) / powers

# %% wrong: float16 | says: float16 keeps three digits
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards), np.float16), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% wrong: a column | says: shape
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros((len(rewards), 1)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% wrong: default gamma 0.99 | says: crept in
def rewards_to_go(rewards, gamma=0.99):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% wrong: returns the rewards | says: as they came in
def rewards_to_go(rewards, gamma=1.0):
    return np.array(rewards, float)

# %% wrong: looks ahead at most 100 steps | says: only 100 steps ahead
def rewards_to_go(rewards, gamma=1.0):
    return np.array([sum(gamma**k * r for k, r in enumerate(rewards[t : t + 100])) for t in range(len(rewards))])

# %% wrong: normalises the result | says: standardised
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return (out - out.mean()) / (out.std() + 1e-8)

# %% wrong: the average of the rest | says: averages of what
def rewards_to_go(rewards, gamma=1.0):
    return np.array([np.mean(rewards[t:]) for t in range(len(rewards))])

# %% wrong: forgets to return | says: return
def rewards_to_go(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running

# %% right: true recursion, one call for each step
def rewards_to_go(rewards, gamma=1.0):
    def tail(rest):
        if not rest:
            return []
        later = tail(rest[1:])
        return [rest[0] + gamma * (later[0] if later else 0.0), *later]
    return np.array(tail(list(rewards)), dtype=float)

# %% wrong: divides by powers of gamma, which run out of digits in a long episode | says: step by step
def rewards_to_go(rewards, gamma=1.0):
    if gamma == 0:
        return np.array(rewards, float)
    powers = float(gamma) ** np.arange(len(rewards))
    with np.errstate(all="ignore"):
        return np.cumsum((np.asarray(rewards, float) * powers)[::-1])[::-1] / powers

# %% wrong: adds up whole numbers as whole numbers when gamma is 1 | says: dtype float
def rewards_to_go(rewards, gamma=1.0):
    if gamma == 1.0:
        return np.cumsum(rewards[::-1])[::-1]
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out

# %% wrong: adds up in the caller's array | says: modified
def rewards_to_go(rewards, gamma=1.0):
    out = np.asarray(rewards, dtype=float)
    for t in range(len(out) - 2, -1, -1):
        out[t] += gamma * out[t + 1]
    return out
