# %% right: choice among the best
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return rng.integers(len(q))
    return rng.choice(np.flatnonzero(q == q.max()))

# %% right: one draw from the whole distribution
def epsilon_greedy(rng, q, epsilon):
    best = q == q.max()
    p = epsilon / len(q) + (1 - epsilon) * best / best.sum()
    return int(rng.choice(len(q), p=p / p.sum()))

# %% right: asks whether to be greedy
def epsilon_greedy(rng, q, epsilon):
    n = q.shape[0]
    greedy = rng.uniform(0, 1) >= epsilon
    candidates = [a for a in range(n) if q[a] == max(q)] if greedy else list(range(n))
    rng.shuffle(candidates)
    return candidates[0]

# %% right: a random permutation breaks ties
def epsilon_greedy(rng, q, epsilon):
    order = rng.permutation(len(q))
    if rng.random() < epsilon:
        return int(order[0])
    return int(order[np.argmax(np.asarray(q)[order])])

# %% right: one number reused after rescaling
def epsilon_greedy(rng, q, epsilon):
    u = rng.random()
    if u < epsilon:
        return min(int(u / epsilon * len(q)), len(q) - 1)
    best = np.where(q == q.max())[0]
    return best[min(int((u - epsilon) / (1 - epsilon) * len(best)), len(best) - 1)]

# %% right: JAX, with a key made from rng
def epsilon_greedy(rng, q, epsilon):
    explore, which = jax.random.split(jax.random.key(int(rng.integers(2**31))))
    q = jnp.asarray(q)
    best = (q == q.max()) / (q == q.max()).sum()
    p = jnp.where(jax.random.uniform(explore) < epsilon, jnp.ones(len(q)) / len(q), best)
    return jax.random.choice(which, len(q), p=p)

# %% right: ties by a random score, exploring by binomial
def epsilon_greedy(rng, q, epsilon):
    score = rng.random(len(q))
    if rng.binomial(1, epsilon):
        return score.argmax()
    return np.argmax(np.where(q == np.max(q), score, -1.0))

# %% right: lexsort
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(0, len(q) - 1, endpoint=True))
    return int(np.lexsort((rng.random(len(q)), q))[-1])

# %% wrong: always the first of tied actions | says: np.argmax always takes the first
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(np.argmax(q))

# %% wrong: always the last of tied actions | says: the last of the three best
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(np.flatnonzero(q == q.max())[-1])

# %% wrong: epsilon the wrong way round | says: not how often it is greedy
def epsilon_greedy(rng, q, epsilon):
    if rng.random() > epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: never greedy when exploring | says: the greedy one included
def epsilon_greedy(rng, q, epsilon):
    best = np.flatnonzero(q == q.max())
    others = np.flatnonzero(q != q.max())
    if rng.random() < epsilon and len(others):
        return int(rng.choice(others))
    return int(rng.choice(best))

# %% wrong: the last action is never explored | says: last action never comes
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(0, max(len(q) - 1, 1)))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: one number for two decisions | says: one random number for two decisions
def epsilon_greedy(rng, q, epsilon):
    u = rng.random()
    if u < epsilon:
        return int(u * len(q))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: global NumPy decides whether | says: that was passed in
def epsilon_greedy(rng, q, epsilon):
    if np.random.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: the module random decides which | says: that was passed in
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return random.randrange(len(q))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: a generator of its own | says: that was passed in
def epsilon_greedy(rng, q, epsilon):
    rng = np.random.default_rng()
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: a generator with a fixed seed | says: starts from scratch
def epsilon_greedy(rng, q, epsilon):
    rng = np.random.default_rng(0)
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: ties broken by global randomness | says: that was passed in
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(np.random.choice(np.flatnonzero(q == q.max())))

# %% wrong: the value instead of the action | says: return the number of its action
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return rng.choice(q)
    return q.max()

# %% wrong: never explores | says: should always explore
def epsilon_greedy(rng, q, epsilon):
    return int(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: always explores | says: at 0 it is never
def epsilon_greedy(rng, q, epsilon):
    return int(rng.integers(len(q)))

# %% wrong: ties broken by noise that is too large | says: noise added
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(np.argmax(q + 0.01 * rng.random(len(q))))

# %% wrong: softmax of the values | says: as from softmax
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    p = np.exp(q - q.max())
    return int(rng.choice(len(q), p=p / p.sum()))

# %% wrong: adds noise to q in place | says: modified
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    best = q == q.max()
    q += 1e-9 * rng.random(len(q))
    return int(np.argmax(np.where(best, q, -np.inf)))

# %% wrong: sorts q in place | says: modified
def epsilon_greedy(rng, q, epsilon):
    best = np.flatnonzero(q == q.max())
    n = len(q)
    q.sort()
    return int(rng.integers(n)) if rng.random() < epsilon else int(rng.choice(best))

# %% wrong: an array with one action | says: shape []
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return rng.integers(len(q), size=1)
    return rng.choice(np.flatnonzero(q == q.max()), size=1)

# %% wrong: a float | says: integer
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return np.floor(rng.random() * len(q))
    return float(rng.choice(np.flatnonzero(q == q.max())))

# %% wrong: largest in size | says: largest in size alone
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(np.abs(q) == np.abs(q).max())))

# %% wrong: rounds before it looks for ties | says: rounded
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    rounded = np.round(q, 2)
    return int(rng.choice(np.flatnonzero(rounded == rounded.max())))

# %% right: ties within float32's accuracy
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(np.isclose(q, q.max(), rtol=1e-6, atol=1e-6))))

# %% wrong: ties broken by noise of one in a thousand | says: noise added
def epsilon_greedy(rng, q, epsilon):
    if rng.random() < epsilon:
        return int(rng.integers(len(q)))
    return int(np.argmax(q + 1e-3 * rng.random(len(q))))

# %% wrong: a ten-sided die decides whether | says: any fraction
def epsilon_greedy(rng, q, epsilon):
    if rng.integers(10) < 10 * epsilon:
        return int(rng.integers(len(q)))
    return int(rng.choice(np.flatnonzero(q == q.max())))
