# %% right: rng.permutation
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed = abs(x.mean() - y.mean())
    both = np.concatenate([x, y])
    count = 1
    for _ in range(num_permutations):
        both = rng.permutation(both)
        count += abs(both[: len(x)].mean() - both[len(x) :].mean()) >= observed - 1e-9
    return count / (num_permutations + 1)
# %% right: all at once
def permutation_p_value(rng, x, y, num_permutations=2000):
    n = x.size
    both = np.tile(np.concatenate([x, y]), (num_permutations, 1))
    both = rng.permuted(both, axis=1)
    gaps = np.abs(both[:, :n].mean(axis=1) - both[:, n:].mean(axis=1))
    return (np.sum(gaps >= abs(x.mean() - y.mean()) - 1e-9) + 1) / (num_permutations + 1)
# %% right: chosen without replacement, sums instead of means
def permutation_p_value(rng, x, y, num_permutations=2000):
    both, total = np.append(x, y), x.sum() + y.sum()
    def gap(s):
        return abs(s / len(x) - (total - s) / len(y))
    hits = [gap(rng.choice(both, len(x), replace=False).sum()) >= gap(x.sum()) - 1e-9 for _ in range(num_permutations)]
    return np.mean([True, *hits])
# %% right: shuffles a mask of labels
def permutation_p_value(rng, x, y, num_permutations=2000):
    both = np.r_[x, y]
    labels = np.arange(both.size) < x.size
    observed = np.abs(both[labels].mean() - both[~labels].mean())
    count = 0
    for _ in range(num_permutations):
        rng.shuffle(labels)
        if np.abs(both[labels].mean() - both[~labels].mean()) > observed - 1e-9:
            count += 1
    return float((1 + count) / (1 + num_permutations))
# %% right: sorts random numbers
def permutation_p_value(rng, x, y, num_permutations=2000):
    both = np.concatenate((x, y))
    order = np.argsort(rng.random((num_permutations, both.size)), axis=1)
    weights = np.concatenate([np.full(x.size, 1 / x.size), np.full(y.size, -1 / y.size)])
    reached = np.abs(both[order] @ weights) >= np.abs(both @ weights) - 1e-9
    return np.float64(1 + reached.sum()) / (1 + num_permutations)
# %% right: plain Python with a child generator
def permutation_p_value(rng, x, y, num_permutations=2000):
    child = random.Random(int(rng.integers(2**62)))
    pack = [float(v) for v in x] + [float(v) for v in y]
    n, m = len(x), len(y)
    def gap(cards):
        return abs(sum(cards[:n]) / n - sum(cards[n:]) / m)
    observed, count = gap(pack), 0
    for _ in range(num_permutations):
        child.shuffle(pack)
        if gap(pack) >= observed - 1e-9:
            count += 1
    return (1 + count) / (1 + num_permutations)
# %% right: a 0-d JAX array, spawned generator
def permutation_p_value(rng, x, y, num_permutations=2000):
    (own,) = rng.spawn(1)
    pool = np.hstack([x, y])
    gap = lambda order: np.abs(np.mean(pool[order[: len(x)]]) - np.mean(pool[order[len(x) :]]))
    observed = gap(np.arange(len(pool)))
    count = sum(int(gap(own.permutation(len(pool))) >= observed - 1e-9) for _ in range(num_permutations))
    return jnp.array((1 + count) / (1 + num_permutations))
# %% wrong: one-sided | says: one-sided
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = x.mean() - y.mean(), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += p[: len(x)].mean() - p[len(x) :].mean() >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: without the ones | says: no whole number
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return count / num_permutations
# %% wrong: one above, none below | says: no whole number
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return (1 + count) / num_permutations
# %% wrong: none above, one below | says: above as below
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return count / (1 + num_permutations)
# %% wrong: strictly greater | says: not `>`
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) > observed + 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: nothing for rounding | says: less 1e-9
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed
    return (1 + count) / (1 + num_permutations)
# %% wrong: draws with replacement | says: without drawing any twice
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.choice(both, len(both))
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: the smaller differences | says: *smaller*
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) < observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: shuffles each group for itself | says: every deal counted
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, count = abs(x.mean() - y.mean()), 0
    for _ in range(num_permutations):
        count += abs(rng.permutation(x).mean() - rng.permutation(y).mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: the number of deals | says: at most 1
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return 1 + count
# %% wrong: medians | says: compares medians
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(np.median(x) - np.median(y)), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(np.median(p[: len(x)]) - np.median(p[len(x) :])) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: halves, whatever the sizes
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    half = len(both) // 2
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[:half].mean() - p[half:].mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: seeds itself | says: should come from `rng`
def permutation_p_value(rng, x, y, num_permutations=2000):
    rng = np.random.default_rng(42)
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: always two thousand | says: num_permutations
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(2000):
        p = rng.permutation(both)
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return (1 + count) / 2001
# %% wrong: swaps one pair | says: not just a pair
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, count = abs(x.mean() - y.mean()), 0
    for _ in range(num_permutations):
        a, b = x.copy(), y.copy()
        i, j = rng.integers(len(a)), rng.integers(len(b))
        a[i], b[j] = b[j], a[i]
        count += abs(a.mean() - b.mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: a coin for every label | says: groups as large as
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        heads = rng.random(len(both)) < 0.5
        if heads.all() or not heads.any():
            continue
        count += abs(both[heads].mean() - both[~heads].mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: the t test | says: should be about
def permutation_p_value(rng, x, y, num_permutations=2000):
    import scipy.stats
    return scipy.stats.ttest_ind(x, y).pvalue
# %% wrong: shuffles its input | says: modified
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, count = abs(x.mean() - y.mean()), 0
    for _ in range(num_permutations):
        both = rng.permutation(np.concatenate([x, y]))
        x[:], y[:] = both[: len(x)], both[len(x) :]
        count += abs(x.mean() - y.mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: leaves the true deal out
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count, done = abs(x.mean() - y.mean()), np.concatenate([x, y]), 0, 0
    while done < num_permutations:
        order = rng.permutation(len(both))
        if len(x) + len(y) > 2 and set(order[: len(x)]) == set(range(len(x))):
            continue
        p, done = both[order], done + 1
        count += abs(p[: len(x)].mean() - p[len(x) :].mean()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: one minus | says: below the observed difference
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = x.mean() - y.mean(), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += p[: len(x)].mean() - p[len(x) :].mean() < observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: takes the sum of x for the mean
def permutation_p_value(rng, x, y, num_permutations=2000):
    observed, both, count = abs(x.sum() - y.sum()), np.concatenate([x, y]), 0
    for _ in range(num_permutations):
        p = rng.permutation(both)
        count += abs(p[: len(x)].sum() - p[len(x) :].sum()) >= observed - 1e-9
    return (1 + count) / (1 + num_permutations)
# %% wrong: every way to deal, none at random
def permutation_p_value(rng, x, y, num_permutations=2000):
    import itertools
    observed, both, hits = abs(x.mean() - y.mean()), np.concatenate([x, y]), []
    for chosen in itertools.islice(itertools.combinations(range(len(both)), len(x)), num_permutations):
        mask = np.isin(np.arange(len(both)), chosen)
        hits.append(abs(both[mask].mean() - both[~mask].mean()) >= observed - 1e-9)
    return float(np.mean(hits))
# %% wrong: nothing comes back | says: returned None
def permutation_p_value(rng, x, y, num_permutations=2000):
    print(abs(x.mean() - y.mean()))
