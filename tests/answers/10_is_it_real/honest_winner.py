# %% right: argmax of the means
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, final[winner].mean()
# %% right: a loop, a list
def honest_winner(tuning, final):
    best, index = -np.inf, None
    for c in range(len(tuning)):
        if sum(tuning[c]) / len(tuning[c]) > best:
            best, index = sum(tuning[c]) / len(tuning[c]), c
    return [index, float(np.mean(final[index]))]
# %% right: sums, max with a key
def honest_winner(tuning, final):
    index = max(range(len(tuning)), key=lambda c: tuning[c].sum())
    return int(index), final.mean(axis=1)[index]
# %% right: JAX scalars
def honest_winner(tuning, final):
    index = jnp.argmax(jnp.mean(jnp.asarray(tuning), axis=1))
    return index, jnp.mean(jnp.asarray(final), axis=1)[index]
# %% right: sorted, a named tuple
Winner = collections.namedtuple("Winner", "index score")
def honest_winner(tuning, final):
    order = np.argsort([row.mean() for row in tuning])
    return Winner(order[-1], final[order[-1], :].mean())
# %% wrong: the tuning score | says: tuning runs, which chose it
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, tuning[winner].mean()
# %% wrong: the best in final | says: best *final* runs
def honest_winner(tuning, final):
    winner = np.argmax(final.mean(axis=1))
    return winner, final[winner].mean()
# %% wrong: the best final score, another's index | says: best mean among the final runs
def honest_winner(tuning, final):
    return np.argmax(tuning.mean(axis=1)), final.mean(axis=1).max()
# %% wrong: the best single run | says: best single run
def honest_winner(tuning, final):
    winner = np.argmax(tuning.max(axis=1))
    return winner, final[winner].mean()
# %% wrong: the best median | says: best median
def honest_winner(tuning, final):
    winner = np.argmax(np.median(tuning, axis=1))
    return winner, final[winner].mean()
# %% wrong: the other axis | says: wrong axis
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=0))
    return winner, final[winner].mean()
# %% wrong: the worst | says: worst one
def honest_winner(tuning, final):
    winner = np.argmin(tuning.mean(axis=1))
    return winner, final[winner].mean()
# %% wrong: swapped | says: index comes first
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return final[winner].mean(), winner
# %% wrong: the best final run | says: best final run
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, final[winner].max()
# %% wrong: all runs of the winner | says: in your average
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, np.concatenate([tuning[winner], final[winner]]).mean()
# %% wrong: the mean of both means | says: in your average
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, (tuning[winner].mean() + final[winner].mean()) / 2
# %% wrong: the mean of everything | says: all configurations
def honest_winner(tuning, final):
    return np.argmax(tuning.mean(axis=1)), final.mean()
# %% wrong: a column of final | says: column
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, final[:, winner].mean()
# %% wrong: the sum | says: sum
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner, final[winner].sum()
# %% wrong: only the score | says: two things
def honest_winner(tuning, final):
    return final[np.argmax(tuning.mean(axis=1))].mean()
# %% wrong: the index is a float | says: integer
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return np.array([winner, final[winner].mean()])
# %% wrong: the flat argmax | says: best single run
def honest_winner(tuning, final):
    winner = np.argmax(tuning)
    return winner, final[winner].mean() if winner < len(final) else 0.0
# %% wrong: counts from one | says: count from 0
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return winner + 1, final[winner].mean()
# %% wrong: all runs choose | says: tuning and final runs together
def honest_winner(tuning, final):
    winner = np.argmax(np.concatenate([tuning, final], axis=1).mean(axis=1))
    return winner, final[winner].mean()
# %% wrong: at least 0 | says: below 0
def honest_winner(tuning, final):
    best, winner = 0.0, 0
    for c, row in enumerate(tuning):
        if row.mean() > best:
            best, winner = row.mean(), c
    return winner, final[winner].mean()
# %% wrong: the interquartile mean of the final runs | says: interquartile mean
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    x = np.sort(final[winner])
    k = len(x) // 4
    return winner, x[k : len(x) - k].mean()
# %% wrong: a comma forgotten, a nested pair | says: two things
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    return ((winner, final[winner].mean()),)
# %% wrong: nothing comes back | says: returned None
def honest_winner(tuning, final):
    winner = np.argmax(tuning.mean(axis=1))
    print(winner, final[winner].mean())
