# %% right: a table of all pairs
def probability_of_improvement(x, y):
    return np.mean((x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :]))
# %% right: two loops
def probability_of_improvement(x, y):
    wins = 0
    for a in x:
        for b in y:
            if a > b:
                wins += 1
            elif a == b:
                wins += 0.5
    return wins / (len(x) * len(y))
# %% right: the sign of the difference
def probability_of_improvement(x, y):
    return float(0.5 + 0.5 * np.sign(np.subtract.outer(x, y)).mean())
# %% right: scipy's Mann-Whitney statistic
def probability_of_improvement(x, y):
    import scipy.stats
    return scipy.stats.mannwhitneyu(x, y, method="asymptotic").statistic / (len(x) * len(y))
# %% right: sorted and searched
def probability_of_improvement(x, y):
    y = np.sort(y)
    below = np.searchsorted(y, x, side="left")
    up_to = np.searchsorted(y, x, side="right")
    return (below.sum() + up_to.sum()) / 2 / (x.size * y.size)
# %% right: a JAX scalar
def probability_of_improvement(x, y):
    return jnp.mean(jnp.heaviside(jnp.asarray(x)[:, None] - jnp.asarray(y), 0.5))
# %% right: itertools and a Fraction made a float
def probability_of_improvement(x, y):
    import itertools
    from fractions import Fraction
    halves = sum(2 * int(a > b) + int(a == b) for a, b in itertools.product(x.tolist(), y.tolist()))
    return float(Fraction(halves, 2 * len(x) * len(y)))
# %% wrong: a tie counts nothing | says: counts nothing
def probability_of_improvement(x, y):
    return np.mean(x[:, None] > y)
# %% wrong: a tie is a win | says: counts as a win
def probability_of_improvement(x, y):
    return np.mean(x[:, None] >= y)
# %% wrong: the other way round | says: other way round
def probability_of_improvement(x, y):
    return np.mean((x[:, None] < y) + 0.5 * (x[:, None] == y))
# %% wrong: the other way round, without ties | says: without ties
def probability_of_improvement(x, y):
    return np.mean(x[:, None] < y)
# %% wrong: wins minus losses | says: wins minus losses
def probability_of_improvement(x, y):
    return np.mean(np.sign(x[:, None] - y))
# %% wrong: the number of wins | says: number of wins
def probability_of_improvement(x, y):
    return np.sum((x[:, None] > y) + 0.5 * (x[:, None] == y))
# %% wrong: leaves ties out | says: left the ties out
def probability_of_improvement(x, y):
    wins, losses = np.sum(x[:, None] > y), np.sum(x[:, None] < y)
    return wins / (wins + losses) if wins + losses else 0.5
# %% wrong: divides by N | says: not by N
def probability_of_improvement(x, y):
    return np.sum((x[:, None] > y) + 0.5 * (x[:, None] == y)) / len(x)
# %% wrong: paired | says: not paired
def probability_of_improvement(x, y):
    n = min(len(x), len(y))
    return np.mean((x[:n] > y[:n]) + 0.5 * (x[:n] == y[:n]))
# %% wrong: paired by zip, ties nothing | says: not paired
def probability_of_improvement(x, y):
    return float(np.mean([a > b for a, b in zip(x, y)]))
# %% wrong: forgets the new axis | says: probability_of_improvement
def probability_of_improvement(x, y):
    return np.mean((x > y) + 0.5 * (x == y))
# %% wrong: against the mean | says: one number
def probability_of_improvement(x, y):
    return np.mean(x > y.mean())
# %% wrong: against the median | says: one number
def probability_of_improvement(x, y):
    return np.mean(x > np.median(y))
# %% wrong: compares the means | says: two averages
def probability_of_improvement(x, y):
    return float(x.mean() > y.mean())
# %% wrong: the difference of the means | says: difference of the means
def probability_of_improvement(x, y):
    return x.mean() - y.mean()
# %% wrong: a vector | says: single number
def probability_of_improvement(x, y):
    return np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y), axis=1)
# %% wrong: ties within a tolerance | says: a tie is two equal
def probability_of_improvement(x, y):
    gap = x[:, None] - y
    return np.mean((gap > 0.05) + 0.5 * (np.abs(gap) <= 0.05))
# %% wrong: a random pairing
def probability_of_improvement(x, y):
    rng = np.random.default_rng(0)
    a, b = rng.choice(x, 10_000), rng.choice(y, 10_000)
    return np.mean((a > b) + 0.5 * (a == b))
# %% wrong: sorts its input | says: x was modified
def probability_of_improvement(x, y):
    x.sort()
    return np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y))
# %% wrong: rounded | says: rounded
def probability_of_improvement(x, y):
    return round(float(np.mean((x[:, None] > y) + 0.5 * (x[:, None] == y))), 2)
