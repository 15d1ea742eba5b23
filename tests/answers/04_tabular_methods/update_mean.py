# %% right: the sum of old and new, divided
def update_mean(mean, count, reward):
    total = mean * count if count > 0 else 0.0
    return (total + reward) / (count + 1), count + 1

# %% right: step size one over the new count, old mean replaced first
def update_mean(mean, count, reward):
    mean = 0.0 if count == 0 else mean
    count += 1
    return mean + (1 / count) * (reward - mean), count

# %% right: weights that add up to one
def update_mean(mean, count, reward):
    new_count = count + 1
    if not count:
        return float(reward), new_count
    weight = count / new_count
    return weight * mean + (1 - weight) * reward, new_count

# %% right: NumPy scalars
def update_mean(mean, count, reward):
    old = np.where(count == 0, np.float64(0.0), mean)
    return np.float64(old + (reward - old) / (count + 1)), np.int64(count + 1)

# %% right: compiled, with jnp.where
@jax.jit
def update_mean(mean, count, reward):
    mean = jnp.where(count == 0, 0.0, mean)
    return mean + (reward - mean) / (count + 1), count + 1

# %% right: 0-d NumPy array and a printed line
def update_mean(mean, count, reward):
    print("updating", mean)
    new = np.average(np.array([0.0 if count == 0 else mean, reward]), weights=[count, 1])
    return np.asarray(new), int(count) + 1

# %% right: a list of two
def update_mean(mean, count, reward):
    return [reward if count < 1 else (mean * count + reward) / (count + 1), count + 1]

# %% right: a lambda with a helper that warns
import warnings
def _merge(mean, count, reward):
    warnings.warn("merging")
    return (mean * (count / (count + 1)) + reward / (count + 1), count + 1)
update_mean = lambda mean, count, reward: _merge(mean, count, reward) if count else (reward, count + 1)

# %% wrong: divides the step by the old count | says: with the new reward there are 5
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean + (reward - mean) / count, count + 1

# %% wrong: divides by at least 1, as if that healed it | says: with the new reward there are 5
def update_mean(mean, count, reward):
    return mean + (reward - mean) / max(count, 1), count + 1

# %% wrong: old mean enters at count 0 through times zero | says: the old mean means nothing
def update_mean(mean, count, reward):
    return (mean * count + reward) / (count + 1), count + 1

# %% wrong: old mean enters at count 0 through the difference | says: the old mean means nothing
def update_mean(mean, count, reward):
    return mean + (reward - mean) / (count + 1), count + 1

# %% wrong: replaces nan only | says: nan alone
def update_mean(mean, count, reward):
    if count == 0 and np.isnan(mean):
        mean = 0.0
    return mean + (reward - mean) / (count + 1), count + 1

# %% wrong: nan_to_num | says: nan alone
def update_mean(mean, count, reward):
    mean = np.nan_to_num(mean)
    return mean + (reward - mean) / (count + 1), count + 1

# %% wrong: count is not counted | says: the new reward counts too
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean + (reward - mean) / (count + 1), count

# %% wrong: halfway | says: halfway
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return (mean + reward) / 2, count + 1

# %% wrong: away from the reward | says: away from the new reward
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean + (mean - reward) / (count + 1), count + 1

# %% wrong: adds a fraction of the reward | says: the old mean has to shrink too
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean + reward / (count + 1), count + 1

# %% wrong: constant step size | says: 1/10 of the way
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean + 0.1 * (reward - mean), count + 1

# %% wrong: integer division | says: fraction is gone
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return (mean * count + reward) // (count + 1), count + 1

# %% wrong: the wrong way round | says: return the mean first
def update_mean(mean, count, reward):
    if count == 0:
        return 1, reward
    return count + 1, mean + (reward - mean) / (count + 1)

# %% wrong: only the mean | says: two things
def update_mean(mean, count, reward):
    if count == 0:
        return reward
    return mean + (reward - mean) / (count + 1)

# %% wrong: no return | says: two things
def update_mean(mean, count, reward):
    count += 1
    mean += (reward - mean) / count

# %% wrong: count as a float | says: integer
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1.0
    return mean + (reward - mean) / (count + 1), count + 1.0

# %% wrong: an array of two, so the count is a float | says: two things
def update_mean(mean, count, reward):
    if count == 0:
        return np.array([reward, 1])
    return np.array([mean + (reward - mean) / (count + 1), count + 1])

# %% wrong: keeps its own list of rewards | says: counts too
_seen = []
def update_mean(mean, count, reward):
    if count == 0:
        _seen.clear()
    if len(_seen) != count:
        _seen[:] = [mean] * count
    _seen.append(reward)
    return float(np.mean(_seen)), len(_seen) if len(_seen) < 1000 else count

# %% wrong: zero at the start | says: afterwards the mean is that reward
def update_mean(mean, count, reward):
    if count == 0:
        return 0.0, 1
    return mean + (reward - mean) / (count + 1), count + 1

# %% wrong: counts the new reward twice | says: 1/6 of the way
def update_mean(mean, count, reward):
    count += 1
    if count == 1:
        return reward, 1
    return mean + (reward - mean) / (count + 1), count

# %% wrong: sum instead of mean | says: divide it by their number
def update_mean(mean, count, reward):
    if count == 0:
        return reward, 1
    return mean * count + reward, count + 1

# %% right: picks the old mean from a list
def update_mean(mean, count, reward):
    mean = [mean, 0.0][count == 0]
    count += 1
    return mean + (reward - mean) / count, count
