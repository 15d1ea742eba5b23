# %% right: one line
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / (reference_score - random_score)
# %% right: NumPy functions
def normalized_score(score, random_score, reference_score):
    return np.divide(np.subtract(score, random_score), np.subtract(reference_score, random_score))
# %% right: measured from the reference
def normalized_score(score, random_score, reference_score):
    whole = reference_score - random_score
    return 1 + (score - reference_score) / whole
# %% right: both signs turned round
def normalized_score(score, random_score, reference_score):
    return (random_score - score) / (random_score - reference_score)
# %% right: JAX numbers
@jax.jit
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / (reference_score - random_score)
# %% right: arrays first, then a slope and an offset
def normalized_score(score, random_score, reference_score):
    score, low, high = np.broadcast_arrays(*(np.asarray(v, float) for v in (score, random_score, reference_score)))
    slope = 1.0 / (high - low)
    return slope * score - slope * low
# %% right: np.interp cannot extrapolate, a line through two points can
def normalized_score(score, random_score, reference_score):
    line = lambda s, a, b: np.dot([s - a], [1 / (b - a)])
    return np.vectorize(line, otypes=[float])(score, random_score, reference_score)
# %% wrong: score over reference | says: score / reference
def normalized_score(score, random_score, reference_score):
    return score / reference_score
# %% wrong: the denominator is the reference | says: whole way
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / reference_score
# %% wrong: only the difference | says: divide it
def normalized_score(score, random_score, reference_score):
    return score - random_score
# %% wrong: what is left | says: way that is left
def normalized_score(score, random_score, reference_score):
    return (reference_score - score) / (reference_score - random_score)
# %% wrong: sign | says: sign
def normalized_score(score, random_score, reference_score):
    return (random_score - score) / (reference_score - random_score)
# %% wrong: upside down | says: upside down
def normalized_score(score, random_score, reference_score):
    return (reference_score - random_score) / (score - random_score)
# %% wrong: plus | says: do not add
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / (reference_score + random_score)
# %% wrong: score over random | says: score / random
def normalized_score(score, random_score, reference_score):
    return score / random_score
# %% wrong: brackets | says: brackets
def normalized_score(score, random_score, reference_score):
    return score - random_score / (reference_score - random_score)
# %% wrong: no brackets at all | says: brackets
def normalized_score(score, random_score, reference_score):
    return score - random_score / reference_score - random_score
# %% wrong: no brackets below | says: brackets around the denominator
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / reference_score - random_score
# %% wrong: clipped | says: do not clip
def normalized_score(score, random_score, reference_score):
    return np.clip((score - random_score) / (reference_score - random_score), 0.0, 1.0)
# %% wrong: at least 0 | says: do not clip
def normalized_score(score, random_score, reference_score):
    return np.maximum(0.0, (score - random_score) / (reference_score - random_score))
# %% wrong: at most 1 | says: do not clip
def normalized_score(score, random_score, reference_score):
    return np.minimum(1.0, (score - random_score) / (reference_score - random_score))
# %% wrong: absolute value of the way | says: no absolute values
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / np.abs(reference_score - random_score)
# %% wrong: absolute values above and below | says: no absolute values
def normalized_score(score, random_score, reference_score):
    return np.abs(score - random_score) / np.abs(reference_score - random_score)
# %% wrong: sorts the two scores | says: do not sort
def normalized_score(score, random_score, reference_score):
    low, high = np.minimum(random_score, reference_score), np.maximum(random_score, reference_score)
    return (score - low) / (high - low)
# %% wrong: per cent | says: per cent
def normalized_score(score, random_score, reference_score):
    return 100 * (score - random_score) / (reference_score - random_score)
# %% wrong: from the worst to the best score | says: from the worst score to the best
def normalized_score(score, random_score, reference_score):
    if np.ndim(score) == 2:
        return (score - score.min(0)) / (score.max(0) - score.min(0))
    return (score - random_score) / (reference_score - random_score)
# %% wrong: float() | says: take a single number
def normalized_score(score, random_score, reference_score):
    return float((score - random_score) / (reference_score - random_score))
# %% wrong: a guard that bites | says: no guard is needed
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / np.maximum(reference_score - random_score, 1e-8)
# %% wrong: a guard added | says: added to the denominator
def normalized_score(score, random_score, reference_score):
    return (score - random_score) / (reference_score - random_score + 1e-3)
# %% wrong: in place | says: score was modified
def normalized_score(score, random_score, reference_score):
    if isinstance(score, np.ndarray) and score.shape == np.broadcast_shapes(np.shape(random_score), score.shape):
        score -= random_score
        return score / (reference_score - random_score)
    return (score - random_score) / (reference_score - random_score)
# %% wrong: whole numbers | says: fraction is gone
def normalized_score(score, random_score, reference_score):
    return (score - random_score) // (reference_score - random_score)
# %% wrong: rounded for the table | says: rounded
def normalized_score(score, random_score, reference_score):
    return np.round((score - random_score) / (reference_score - random_score), 2)
# %% wrong: nothing comes back | says: returned None
def normalized_score(score, random_score, reference_score):
    (score - random_score) / (reference_score - random_score)
