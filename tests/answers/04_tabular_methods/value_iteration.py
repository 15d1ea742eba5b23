# %% right: in-place sweeps, everything inline
def value_iteration(P, R, gamma, tol=1e-6):
    S, A = R.shape
    v, policy = np.zeros(S), np.zeros(S, int)
    while True:
        delta = 0.0
        for s in range(S):
            old = v[s]
            q = [R[s, a] + gamma * P[s, a] @ v for a in range(A)]
            v[s], policy[s] = max(q), int(np.argmax(q))
            delta = max(delta, abs(old - v[s]))
        if delta < tol:
            return v, policy

# %% right: calls bellman_backup, while with a large start
def value_iteration(P, R, gamma, tol=1e-6):
    v, change = np.zeros(P.shape[0]), float("inf")
    while change >= tol:
        old = v
        v = np.max(bellman_backup(P, R, old, gamma), axis=1)
        change = np.abs(v - old).max()
    return v, np.argmax(bellman_backup(P, R, v, gamma), axis=1)

# %% right: returns the values before the last sweep, policy from the same table
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(P.shape[0])
    while True:
        q = bellman_backup(P, R, v, gamma)
        if max(abs(q.max(axis=1) - v)) < tol:
            return v, q.argmax(axis=1)
        v = q.max(axis=1)

# %% right: JAX, while_loop, compiled, float32
@jax.jit
def value_iteration(P, R, gamma, tol=1e-6):
    P, R = jnp.asarray(P, jnp.float32), jnp.asarray(R, jnp.float32)
    def sweep(carry):
        v, _ = carry
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        return new, jnp.abs(new - v).max()
    v, _ = jax.lax.while_loop(lambda carry: carry[1] >= tol, sweep, (jnp.zeros(R.shape[0]), jnp.float32(jnp.inf)))
    return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% right: a compiled sweep in a Python loop
_sweep = jax.jit(lambda P, R, v, gamma: bellman_backup(P, R, v, gamma).max(axis=1))
def value_iteration(P, R, gamma, tol=1e-6):
    v = jnp.zeros(len(R))
    new = _sweep(P, R, v, gamma)
    while jnp.abs(new - v).max() >= tol:
        v, new = new, _sweep(P, R, new, gamma)
    return new, jnp.argmax(bellman_backup(P, R, new, gamma), axis=-1)

# %% right: from a random start, several greedy sweeps per check
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.random.default_rng(0).normal(size=len(R))
    for _ in range(10**6):
        q = R + gamma * np.einsum("san,n->sa", P, v)
        done = np.linalg.norm(q.max(1) - v, np.inf) < tol
        v = q.max(1)
        if done:
            break
    q = R + gamma * np.einsum("san,n->sa", P, v)
    return v, np.array([int(np.flatnonzero(row == row.max())[-1]) for row in q], dtype=np.int32)

# %% right: policy iteration, in the end it solves the same equation
def value_iteration(P, R, gamma, tol=1e-6):
    S = len(R)
    policy = np.zeros(S, int)
    for _ in range(1000):
        rows = np.arange(S)
        v = np.linalg.solve(np.eye(S) - gamma * P[rows, policy], R[rows, policy])
        q = bellman_backup(P, R, v, gamma)
        if np.abs(q.max(axis=1) - v).max() < min(tol, 1e-9):
            break
        policy = q.argmax(axis=1)
    return v, policy

# %% right: a list of numbers for v while it sweeps, backing up one state at a time
def value_iteration(P, R, gamma, tol=1e-6):
    v = [0.0] * len(R)
    while True:
        largest = 0
        for s in reversed(range(len(R))):
            best = bellman_backup(P[s : s + 1], R[s : s + 1], v, gamma).max()
            largest = max(largest, abs(best - v[s]))
            v[s] = float(best)
        if largest < tol:
            return np.array(v), np.array(bellman_backup(P, R, np.array(v), gamma)).argmax(1)

# %% right: stricter than needed, measured by the sum of the changes
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(1)
        small = np.sum(np.abs(new - v)) < 0.5 * tol
        v = new
        if small:
            print("done")
            return [v, bellman_backup(P, R, v, gamma).argmax(1)]

# %% wrong: signed change, so falling values look settled | says: absolute change
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        if np.max(new - v) < tol:
            return new, bellman_backup(P, R, new, gamma).argmax(axis=1)
        v = new

# %% wrong: absolute value of the largest change instead of the largest absolute change | says: state by state
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        if abs(np.max(new) - np.max(v)) < tol:
            return new, bellman_backup(P, R, new, gamma).argmax(axis=1)
        v = new

# %% wrong: one sweep | says: whatever happens
def value_iteration(P, R, gamma, tol=1e-6):
    q = bellman_backup(P, R, np.zeros(len(R)), gamma)
    return q.max(axis=1), q.argmax(axis=1)

# %% wrong: change of the last state only | says: state by state
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        for s in range(len(R)):
            old = v[s]
            v[s] = bellman_backup(P, R, v, gamma)[s].max()
            delta = abs(v[s] - old)
        if delta < tol:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: mean of the changes | says: not the mean
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.mean(np.abs(new - v)) < tol
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: smallest change | says: state by state
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.min(np.abs(new - v)) < tol
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: a hundred sweeps | says: fixed number of sweeps
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    for _ in range(100):
        v = bellman_backup(P, R, v, gamma).max(axis=1)
    return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: tol is always 1e-3 | says: change of 1e-3
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.max(np.abs(new - v)) < 1e-3
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: allclose with its relative tolerance | says: allclose
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.allclose(new, v)
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: stops when the policy does not change any more | says: policy stayed the same
def value_iteration(P, R, gamma, tol=1e-6):
    v, policy = np.zeros(len(R)), None
    while True:
        q = bellman_backup(P, R, v, gamma)
        v, new_policy = q.max(axis=1), q.argmax(axis=1)
        if policy is not None and np.array_equal(policy, new_policy):
            return v, policy
        policy = new_policy

# %% wrong: mean over the actions | says: at random
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).mean(axis=1)
        done = np.max(np.abs(new - v)) < tol
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: minimum over the actions | says: not the minimum
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).min(axis=1)
        done = np.max(np.abs(new - v)) < tol
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: no gamma | says: gamma was never used
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    for _ in range(5000):
        new = bellman_backup(P, R, v, 1.0).max(axis=1)
        done = np.max(np.abs(new - v)) < tol
        v = new
        if done:
            break
    return v, bellman_backup(P, R, v, 1.0).argmax(axis=1)

# %% wrong: policy greedy for the rewards only | says: staying is cheaper now
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.max(np.abs(new - v)) < tol
        v = new
        if done:
            return v, R.argmax(axis=1)

# %% wrong: policy of the first sweep | says: staying is cheaper now
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    policy = bellman_backup(P, R, v, gamma).argmax(axis=1)
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.max(np.abs(new - v)) < tol
        v = new
        if done:
            return v, policy

# %% wrong: the policy first | says: return the values first
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v = q.max(axis=1)
        if done:
            return q.argmax(axis=1), v

# %% wrong: only the values | says: two things
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v = q.max(axis=1)
        if done:
            return v

# %% wrong: the values of the best actions for a policy | says: argmax
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v = q.max(axis=1)
        if done:
            return v, v

# %% wrong: probabilities for a policy | says: shape
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v = q.max(axis=1)
        if done:
            return v, np.eye(R.shape[1])[q.argmax(axis=1)]

# %% wrong: a float policy | says: dtype int
def value_iteration(P, R, gamma, tol=1e-6):
    v, policy = np.zeros(len(R)), np.zeros(len(R))
    while True:
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v, policy[:] = q.max(axis=1), q.argmax(axis=1)
        if done:
            return v, policy

# %% wrong: gives up after a thousand sweeps | says: gave up
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    for _ in range(1000):
        q = bellman_backup(P, R, v, gamma)
        done = np.max(np.abs(q.max(axis=1) - v)) < tol
        v = q.max(axis=1)
        if done:
            break
    return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: discounts the rewards inside R, in place | says: absolute change
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    for _ in range(1000):
        R += gamma * (P @ v)
        new = R.max(axis=1)
        if np.max(new - v) < tol:
            break
        v = new
    return new, R.argmax(axis=1)

# %% wrong: the change is never measured again, so it never ends or ends at once | says: before the first sweep
def value_iteration(P, R, gamma, tol=1e-6):
    v, delta = np.zeros(len(R)), 0.0
    while delta > tol:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        delta = np.max(np.abs(new - v))
        v = new
    return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: divides by gamma to find its stopping rule, so gamma 0 fails | says: divides by zero
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    limit = tol * (1 - gamma) / (2 * gamma)
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.max(np.abs(new - v)) < limit
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: relative change | says: in proportion
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new = bellman_backup(P, R, v, gamma).max(axis=1)
        done = np.max(np.abs(new - v)) <= tol * max(1.0, np.max(np.abs(new)))
        v = new
        if done:
            return v, bellman_backup(P, R, v, gamma).argmax(axis=1)

# %% wrong: the changes are added up, so they may cancel | says: added up
def value_iteration(P, R, gamma, tol=1e-6):
    v = np.zeros(len(R))
    while True:
        new_v = (R + gamma * P @ v).max(axis=1)
        change = abs(np.sum(new_v - v))
        v = new_v
        if change < tol:
            return v, (R + gamma * P @ v).argmax(axis=1)
