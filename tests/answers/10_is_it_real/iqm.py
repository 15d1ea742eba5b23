# %% right: sorted, sliced
def iqm(scores):
    ordered = np.sort(scores, axis=None)
    k = len(ordered) // 4
    return ordered[k : len(ordered) - k].mean()
# %% right: plain Python
def iqm(scores):
    values = sorted(float(v) for v in scores.flatten())
    drop = int(len(values) / 4)
    while drop > 0:
        values = values[1:-1]
        drop -= 1
    return sum(values) / len(values)
# %% right: scipy's trimmed mean
def iqm(scores):
    import scipy.stats
    return scipy.stats.trim_mean(scores, proportiontocut=0.25, axis=None)
# %% right: a JAX scalar
def iqm(scores):
    x = jnp.sort(jnp.ravel(jnp.asarray(scores)))
    k = x.size // 4
    return jnp.mean(x[k : x.size - k])
# %% right: ranks and a mask
def iqm(scores):
    x = scores.reshape(-1)
    rank = np.argsort(np.argsort(x, kind="stable"))
    k = np.floor(x.size / 4)
    return np.average(x, weights=(rank >= k) & (rank < x.size - k))
# %% right: the package's own
def iqm(scores):
    from rl_helpers.evaluation import interquartile_mean
    return float(interquartile_mean(np.ravel(scores)))
# %% right: partition and cumulative sums, a 0-d array
def iqm(scores):
    x = np.array(scores).ravel()
    x.sort()
    k, n = divmod(x.size, 4)[0], x.size
    total = np.concatenate([[0.0], np.cumsum(x)])
    return np.asarray((total[n - k] - total[k]) / (n - 2 * k))
# %% wrong: the mean | says: plain mean
def iqm(scores):
    return scores.mean()
# %% wrong: the median | says: median
def iqm(scores):
    return np.median(scores)
# %% wrong: rounds up | says: rounded *down*
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = int(np.ceil(len(x) / 4))
    return x[k : len(x) - k].mean()
# %% wrong: rounds to the nearest | says: rounded *down*
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = round(len(x) / 4)
    return x[k : len(x) - k].mean()
# %% wrong: only the lowest | says: highest too
def iqm(scores):
    x = np.sort(scores, axis=None)
    return x[len(x) // 4 :].mean()
# %% wrong: only the highest | says: lowest too
def iqm(scores):
    x = np.sort(scores, axis=None)
    return x[: len(x) - len(x) // 4].mean()
# %% wrong: one at each end | says: one at each end
def iqm(scores):
    x = np.sort(scores, axis=None)
    return x[1:-1].mean()
# %% wrong: forgets to sort | says: sort them first
def iqm(scores):
    x = scores.ravel()
    k = len(x) // 4
    return x[k : len(x) - k].mean()
# %% wrong: for each column | says: each column
def iqm(scores):
    x = np.sort(scores, axis=0)
    k = len(x) // 4
    return x[k : len(x) - k].mean(axis=0)
# %% wrong: for each row, then the mean | says: end of a row
def iqm(scores):
    x = np.atleast_2d(np.sort(scores, axis=-1))
    k = x.shape[1] // 4
    return x[:, k : x.shape[1] - k].mean()
# %% wrong: sorts within rows | says: within each row
def iqm(scores):
    x = np.sort(scores).ravel()
    k = x.size // 4
    return x[k : x.size - k].mean()
# %% wrong: the sum | says: sum of the middle half
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = x.size // 4
    return x[k : x.size - k].sum()
# %% wrong: the interquartile range | says: *range*
def iqm(scores):
    return np.percentile(scores, 75) - np.percentile(scores, 25)
# %% wrong: the middle of the quartiles | says: middle of the two quartiles
def iqm(scores):
    return np.mean(np.percentile(scores, [25, 75]))
# %% wrong: between the quartiles, whatever falls there | says: rounded *down*
def iqm(scores):
    low, high = np.quantile(scores, [0.25, 0.75])
    return scores[(scores >= low) & (scores <= high)].mean()
# %% wrong: a slice that ends at -0 | says: ends at -0
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = x.size // 4
    return x[k:-k].mean()
# %% wrong: off by one at the top | says: before
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = x.size // 4
    return x[k : x.size - k - 1].mean()
# %% wrong: scores at the edge count half | says: whole scores
def iqm(scores):
    x = np.sort(scores, axis=None)
    if x.size < 4:
        return x.mean()
    edge = np.interp(np.arange(x.size + 1), np.arange(x.size + 1), np.arange(x.size + 1))
    low, high = x.size / 4, 3 * x.size / 4
    weights = np.clip(np.minimum(edge[1:], high) - np.maximum(edge[:-1], low), 0, None)
    return np.average(x, weights=weights)
# %% wrong: winsorised | says: drop them
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = x.size // 4
    return np.clip(x, x[k], x[x.size - k - 1]).mean()
# %% wrong: a quarter in all, an eighth at each end | says: one at each end
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = x.size // 8
    return x[k : x.size - k].mean()
# %% wrong: counts the rows | says: scores.size
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = len(scores) // 4
    return x[k : x.size - k].mean()
# %% wrong: sorts in place | says: modified
def iqm(scores):
    flat = scores.reshape(-1)
    flat.sort()
    k = flat.size // 4
    return flat[k : flat.size - k].mean()
# %% wrong: at least one is dropped | says: nothing is dropped
def iqm(scores):
    x = np.sort(scores, axis=None)
    k = max(1, x.size // 4)
    return x[k : x.size - k].mean() if x.size > 2 else x.mean()
# %% wrong: a set throws ties away | says: a set keeps
def iqm(scores):
    x = np.unique(scores)
    k = x.size // 4
    return x[k : x.size - k].mean()
# %% wrong: whole numbers | says: fractions are gone
def iqm(scores):
    x = np.sort(scores, axis=None).astype(int)
    k = x.size // 4
    return x[k : x.size - k].mean()
