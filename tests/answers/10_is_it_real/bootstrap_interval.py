# %% right: rows for every entry
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = [
        statistic(scores[rng.integers(len(scores), size=scores.shape), np.arange(scores.shape[1])])
        for _ in range(num_resamples)
    ]
    return np.quantile(values, (1 - confidence) / 2), np.quantile(values, (1 + confidence) / 2)
# %% right: rng.choice for each task, percentiles, a list
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = np.zeros(num_resamples)
    for i in range(num_resamples):
        resample = np.empty_like(scores)
        for task in range(scores.shape[1]):
            resample[:, task] = rng.choice(scores[:, task], size=len(scores))
        values[i] = statistic(resample)
    tail = 100 * (1 - confidence) / 2
    return [np.percentile(values, tail), np.percentile(values, 100 - tail)]
# %% right: one generator for each task, and the statistic of the scores themselves first
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    print("the statistic is", statistic(scores))
    children = rng.spawn(scores.shape[1])
    draws = [child.integers(0, len(scores), (num_resamples, len(scores))) for child in children]
    values = [
        statistic(np.stack([scores[draw[i], task] for task, draw in enumerate(draws)], axis=1))
        for i in range(num_resamples)
    ]
    alpha = 1 - confidence
    return tuple(np.quantile(values, [alpha / 2, 1 - alpha / 2]).tolist())
# %% right: all at once, sorted by hand, in an array
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    n, tasks = scores.shape
    rows = rng.integers(n, size=(num_resamples, n, tasks))
    resamples = np.take_along_axis(scores[None], rows, axis=1)
    values = np.sort([statistic(r) for r in resamples])
    low = int(np.floor((1 - confidence) / 2 * num_resamples))
    return np.array([values[low], values[num_resamples - 1 - low]])
# %% right: a generator seeded from rng, uniform numbers, another of NumPy's methods
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    own = np.random.default_rng(rng.integers(2**63, size=4))
    values = []
    while len(values) < num_resamples:
        rows = (own.random(scores.shape) * scores.shape[0]).astype(int)
        resample = np.array([[scores[rows[i, j], j] for j in range(scores.shape[1])] for i in range(scores.shape[0])])
        values.append(statistic(resample))
    return np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2], method="median_unbiased")
# %% right: calls the statistic twice for each resample
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    resamples = [scores[rng.integers(len(scores), size=scores.shape), columns] for _ in range(num_resamples)]
    finite = [r for r in resamples if np.isfinite(statistic(r))]
    values = [statistic(r) for r in finite]
    low, high = np.quantile(values, 0.5 - confidence / 2), np.quantile(values, 0.5 + confidence / 2)
    return jnp.float32(low), jnp.float32(high)
# %% right: one column at a time with the same generator, transposed copies
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = [np.array(column) for column in scores.T]
    draw = lambda column: column[rng.integers(0, len(column), len(column))]
    values = sorted(statistic(np.array([draw(c) for c in columns]).T) for _ in range(num_resamples))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2], method="nearest"))
# %% right: rng.random with a search in the cumulative weights
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    edges = np.cumsum(np.full(len(scores), 1 / len(scores)))[:-1]
    def one():
        return np.take_along_axis(scores, np.searchsorted(edges, rng.random(scores.shape)), axis=0)
    values = np.fromiter((statistic(one()) for _ in range(num_resamples)), float, num_resamples)
    return np.quantile(values, (1 - confidence) / 2), np.quantile(values, 1 - (1 - confidence) / 2)
# %% wrong: whole rows | says: whole rows
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = [statistic(scores[rng.integers(len(scores), size=len(scores))]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: without replacement | says: *with* replacement
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = [statistic(rng.permuted(scores, axis=0)) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: all tasks in one pot | says: another one
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = [statistic(rng.choice(scores.ravel(), size=scores.shape)) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: one resample for ever | says: resamples are the same
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    resample = scores[rng.integers(len(scores), size=scores.shape), np.arange(scores.shape[1])]
    values = [statistic(resample) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: one draw for each task | says: same seed
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    n, tasks = scores.shape
    values = []
    for _ in range(num_resamples):
        picked = scores[rng.integers(n, size=tasks), np.arange(tasks)]
        values.append(statistic(np.tile(picked, (n, 1))))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: a row of a seed for each task | says: shape
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    n, tasks = scores.shape
    values = [statistic(scores[rng.integers(n, size=tasks), np.arange(tasks)]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: all resamples in one array | says: one resample at a time
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    n, tasks = scores.shape
    rows = rng.integers(n, size=(num_resamples, n, tasks))
    values = [statistic(scores[rows, np.arange(tasks)])]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: one-sided quantiles | says: *between*
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return np.quantile(values, 1 - confidence), np.quantile(values, confidence)
# %% wrong: always 95 % | says: use `confidence`
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return np.quantile(values, 0.025), np.quantile(values, 0.975)
# %% wrong: the normal approximation | says: standard error
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return np.mean(values) - 1.96 * np.std(values), np.mean(values) + 1.96 * np.std(values)
# %% wrong: the smallest and the largest | says: smallest and the largest
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return min(values), max(values)
# %% wrong: the basic bootstrap | says: basic
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return 2 * statistic(scores) - high, 2 * statistic(scores) - low
# %% wrong: high first | says: low comes first
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return np.quantile(values, (1 + confidence) / 2), np.quantile(values, (1 - confidence) / 2)
# %% wrong: percentile of a share | says: from 0 to 100
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.percentile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: brackets | says: brackets
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return np.quantile(values, confidence / 2), np.quantile(values, (1 + confidence) / 2)
# %% wrong: the distance from the mean | says: ends themselves
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]) - np.mean(values))
# %% wrong: seeds itself | says: should come from `rng`
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    rng = np.random.default_rng(0)
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: NumPy's global generator
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[np.random.randint(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: never the last seed
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = []
    for _ in range(num_resamples):
        values.append(statistic(scores[rng.integers(max(1, len(scores) - 1), size=scores.shape), columns]))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: always a thousand | says: use the argument
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(2000)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: never more than a hundred | says: it was called 100 times
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(100)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: the mean, whatever the statistic | says: never called
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [np.mean(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: sorts each resample
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = []
    for _ in range(num_resamples):
        resample = scores[rng.integers(len(scores), size=scores.shape), columns]
        values.append(statistic(np.sort(resample, axis=0)))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: writes into scores | says: modified
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = []
    for _ in range(num_resamples):
        scores[:] = scores[rng.integers(len(scores), size=scores.shape), columns]
        values.append(statistic(scores))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: resamples of resamples | says: resamples of resamples
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values, resample = [], scores
    for _ in range(num_resamples):
        resample = resample[rng.integers(len(scores), size=scores.shape), columns]
        values.append(statistic(resample))
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: half of the seeds | says: shape
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    n = max(1, len(scores) // 2)
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=(n, len(columns))), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: the jackknife | says: shape
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    values = [statistic(np.delete(scores, i, axis=0)) for i in range(len(scores))]
    return tuple(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: the statistic and its standard error | says: standard error
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return statistic(scores), np.std(values)
# %% wrong: quantiles of the scores | says: never called
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    return tuple(np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2]))
# %% wrong: three values | says: return two floats
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    return tuple(np.quantile(values, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2]))
# %% wrong: nothing comes back | says: returned None
def bootstrap_interval(rng, scores, statistic, num_resamples=1000, confidence=0.95):
    columns = np.arange(scores.shape[1])
    values = [statistic(scores[rng.integers(len(scores), size=scores.shape), columns]) for _ in range(num_resamples)]
    print(np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2]))
