# %% right: a column of thresholds
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > thresholds[:, None], axis=1)
# %% right: a loop
def performance_profile(scores, thresholds):
    profile = np.zeros(len(thresholds))
    for k, threshold in enumerate(thresholds):
        profile[k] = np.sum(scores > threshold) / scores.size
    return profile
# %% right: sorted and searched
def performance_profile(scores, thresholds):
    ordered = np.sort(scores, axis=None)
    return 1 - np.searchsorted(ordered, thresholds, side="right") / ordered.size
# %% right: plain Python, float32
def performance_profile(scores, thresholds):
    flat = [float(s) for s in np.nditer(scores)]
    return np.array([len([s for s in flat if s > t]) / len(flat) for t in thresholds.tolist()], np.float32)
# %% right: all axes of scores
def performance_profile(scores, thresholds):
    above = scores[..., np.newaxis] > thresholds
    return above.mean(axis=tuple(range(scores.ndim)))
# %% right: np.vectorize
def performance_profile(scores, thresholds):
    return np.vectorize(lambda t: np.count_nonzero(scores > t) / scores.size, otypes=[float])(thresholds)
# %% wrong: at least | says: not `>=`
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() >= thresholds[:, None], axis=1)
# %% wrong: the share below or equal | says: *not* greater
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() <= thresholds[:, None], axis=1)
# %% wrong: the share below | says: below the threshold
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() < thresholds[:, None], axis=1)
# %% wrong: numbers of scores | says: numbers of scores
def performance_profile(scores, thresholds):
    return np.sum(scores.ravel() > thresholds[:, None], axis=1)
# %% wrong: divides by the rows | says: not by that of the rows
def performance_profile(scores, thresholds):
    return np.array([np.sum(scores > t) / len(scores) for t in thresholds])
# %% wrong: a tie counts half | says: does not count at all
def performance_profile(scores, thresholds):
    x = scores.ravel()
    return np.mean((x > thresholds[:, None]) + 0.5 * (x == thresholds[:, None]), axis=1)
# %% wrong: sorts the thresholds | says: sorted the thresholds
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > np.sort(thresholds)[:, None], axis=1)
# %% wrong: unique thresholds | says: repeated threshold
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > np.unique(thresholds)[:, None], axis=1)
# %% wrong: averages over everything | says: one for each threshold
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > thresholds[:, None])
# %% wrong: only over the first axis | says: all axes
def performance_profile(scores, thresholds):
    return np.mean(scores[..., None] > thresholds, axis=0)
# %% wrong: only the first row | says: first row
def performance_profile(scores, thresholds):
    return np.mean(np.atleast_2d(scores)[0] > thresholds[:, None], axis=1)
# %% wrong: means of tasks first | says: every single score
def performance_profile(scores, thresholds):
    means = scores.mean(axis=0)
    return np.array([np.mean(means > t) for t in thresholds])
# %% wrong: whether any score is greater | says: any score
def performance_profile(scores, thresholds):
    return np.array([float(np.any(scores > t)) for t in thresholds])
# %% wrong: a list | says: list
def performance_profile(scores, thresholds):
    return [float(np.mean(scores > t)) for t in thresholds]
# %% wrong: fractions lost | says: fractions
def performance_profile(scores, thresholds):
    profile = np.zeros_like(thresholds, dtype=int)
    for k, t in enumerate(thresholds):
        profile[k] = np.mean(scores > t)
    return profile
# %% wrong: sorts the scores in place | says: scores was modified
def performance_profile(scores, thresholds):
    flat = scores.reshape(-1)
    flat.sort()
    return 1 - np.searchsorted(flat, thresholds, side="right") / flat.size
# %% wrong: with a tolerance | says: without a tolerance
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > thresholds[:, None] - 1e-2, axis=1)
# %% wrong: a column | says: shape
def performance_profile(scores, thresholds):
    return np.mean(scores.ravel() > thresholds[:, None], axis=1, keepdims=True)
# %% wrong: broadcasting by luck | says: performance_profile
def performance_profile(scores, thresholds):
    return np.mean(scores > thresholds, axis=0)
# %% wrong: interpolated between sorted scores
def performance_profile(scores, thresholds):
    x = np.sort(scores, axis=None)
    return np.interp(thresholds, x, np.linspace(1, 0, x.size))
