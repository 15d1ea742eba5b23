# %% right: argsort
def cem_update(samples, scores, num_elite):
    elite = samples[np.argsort(scores)[-num_elite:]]
    return elite.mean(axis=0), elite.std(axis=0)

# %% right: argsort of the negative, jnp
def cem_update(samples, scores, num_elite):
    order = jnp.argsort(-scores)[:num_elite]
    elite = jnp.take(samples, order, axis=0)
    mean = elite.mean(0)
    return mean, jnp.sqrt(((elite - mean) ** 2).mean(0))

# %% right: Python's sorted
def cem_update(samples, scores, num_elite):
    best = sorted(range(len(scores)), key=lambda i: float(scores[i]), reverse=True)[:num_elite]
    elite = np.stack([np.asarray(samples[i]) for i in best])
    return np.mean(elite, 0), np.std(elite, 0)

# %% right: argpartition, a list comes back
def cem_update(samples, scores, num_elite):
    best = np.argpartition(np.asarray(scores), -num_elite)[-num_elite:]
    elite = np.asarray(samples)[best]
    return [elite.mean(axis=0), elite.std(axis=0)]

# %% right: weights of 0 and 1 by rank
def cem_update(samples, scores, num_elite):
    rank = jnp.argsort(jnp.argsort(-scores))
    w = (rank < num_elite).reshape(-1, *[1] * (samples.ndim - 1))
    mean = jnp.sum(w * samples, axis=0) / num_elite
    return mean, jnp.sqrt(jnp.sum(w * (samples - mean) ** 2, axis=0) / num_elite)

# %% right: compiled with num_elite static
@functools.partial(jax.jit, static_argnums=2)
def cem_update(samples, scores, num_elite):
    _, i = jax.lax.top_k(scores, num_elite)
    return jnp.mean(samples[i], 0), jnp.std(samples[i], 0)

# %% right: removes the best one at a time
def cem_update(samples, scores, num_elite):
    scores, elite = np.array(scores, float), []
    for _ in range(num_elite):
        i = int(scores.argmax())
        elite.append(np.asarray(samples[i]))
        scores[i] = -np.inf
    return np.mean(elite, axis=0), np.std(elite, axis=0)

# %% wrong: the lowest | says: lowest scores
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[:num_elite]]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: largest in size | says: largest size
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(jnp.abs(scores))[-num_elite:]]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: sample standard deviation | says: divide by K
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.mean(axis=0), elite.std(axis=0, ddof=1)

# %% wrong: all samples | says: mean of all samples
def cem_update(samples, scores, num_elite):
    return samples.mean(axis=0), samples.std(axis=0)

# %% wrong: spread of all samples | says: spread of all samples
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.mean(axis=0), samples.std(axis=0)

# %% wrong: the first samples | says: first samples
def cem_update(samples, scores, num_elite):
    elite = samples[:num_elite]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: sorts the samples, not by their scores | says: last samples
def cem_update(samples, scores, num_elite):
    elite = jnp.sort(samples, axis=0)[-num_elite:]
    return elite.mean(axis=0) * 0 + samples[-num_elite:].mean(0), elite.std(axis=0)

# %% wrong: the best alone | says: best sample alone
def cem_update(samples, scores, num_elite):
    return samples[jnp.argmax(scores)], samples.std(axis=0)

# %% wrong: one too many | says: one sample too many
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite - 1 :]]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: everything above a threshold, ties included | says: exactly two
def cem_update(samples, scores, num_elite):
    threshold = jnp.sort(scores)[-num_elite]
    elite = samples[scores >= threshold]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: strictly above a threshold | says: cem_update
def cem_update(samples, scores, num_elite):
    threshold = jnp.sort(scores)[-num_elite - 1] if num_elite < len(scores) else -jnp.inf
    elite = samples[scores > threshold]
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: no axis | says: one mean over everything
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.mean(), elite.std()

# %% wrong: the other axis | says: within each elite sample
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[::-1][:num_elite]][::-1]
    return elite.mean(axis=-1), elite.std(axis=-1)

# %% wrong: variance | says: variance
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.mean(axis=0), elite.var(axis=0)

# %% wrong: std first | says: the mean comes first
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.std(axis=0), elite.mean(axis=0)

# %% wrong: adds a little to the std | says: was added to the std
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite.mean(axis=0), elite.std(axis=0) + 0.05

# %% wrong: weighs by the scores | says: weights the elite
def cem_update(samples, scores, num_elite):
    i = jnp.argsort(scores)[-num_elite:]
    elite, w = samples[i], jax.nn.softmax(scores[i])
    mean = jnp.tensordot(w, elite, axes=1)
    return mean, jnp.sqrt(jnp.tensordot(w, (elite - mean) ** 2, axes=1))

# %% wrong: returns the elite | says: those are the elite samples
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    return elite, elite.std(axis=0)

# %% wrong: forgets to return | says: two things
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]]
    elite.mean(axis=0), elite.std(axis=0)

# %% wrong: only flat samples | says: keep the shape of a sample
def cem_update(samples, scores, num_elite):
    elite = samples[jnp.argsort(scores)[-num_elite:]].reshape(num_elite, -1)
    return elite.mean(axis=0), elite.std(axis=0)

# %% wrong: sorts the scores it was given | says: scores was modified
def cem_update(samples, scores, num_elite):
    order = np.argsort(np.asarray(scores))[-num_elite:]
    if isinstance(scores, np.ndarray):
        scores.sort()
    elite = np.asarray(samples)[order]
    return elite.mean(axis=0), elite.std(axis=0)
# %% right: marks what it took, a NamedTuple comes back
class Fit(NamedTuple):
    mean: Any
    std: Any


def cem_update(samples, scores, num_elite):
    left, elite = np.array(scores, np.float64), []
    for _ in range(num_elite):
        best = int(left.argmax())
        elite.append(np.asarray(samples[best]))
        left[best] = -np.inf
    return Fit(np.mean(elite, axis=0), np.std(elite, axis=0))
# %% wrong: marks what it took with a number that is not low enough | says: two different samples
def cem_update(samples, scores, num_elite):
    left, elite = np.array(scores, np.float64), []
    for _ in range(num_elite):
        best = int(left.argmax())
        elite.append(np.asarray(samples[best]))
        left[best] = -1_000.0
    return np.mean(elite, axis=0), np.std(elite, axis=0)
# %% wrong: scores as whole numbers | says: keep the scores floats
def cem_update(samples, scores, num_elite):
    best = np.argsort(np.asarray(scores).astype(int), kind="stable")[-num_elite:]
    return np.mean(np.asarray(samples)[best], axis=0), np.std(np.asarray(samples)[best], axis=0)
# %% wrong: a std of at least a thousandth | says: no spread at all
def cem_update(samples, scores, num_elite):
    elite = np.asarray(samples)[np.argsort(np.asarray(scores))[-num_elite:]]
    return np.mean(elite, axis=0), np.maximum(np.std(elite, axis=0), 1e-3)
