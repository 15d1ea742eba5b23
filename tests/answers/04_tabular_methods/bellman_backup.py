# %% right: einsum
def bellman_backup(P, R, v, gamma):
    return R + gamma * np.einsum("san,n->sa", P, v)

# %% right: three loops
def bellman_backup(P, R, v, gamma):
    S, A = R.shape
    Q = np.zeros((S, A))
    for s in range(S):
        for a in range(A):
            for n in range(S):
                Q[s, a] += P[s, a, n] * v[n]
            Q[s, a] = R[s, a] + gamma * Q[s, a]
    return Q

# %% right: JAX, compiled
@jax.jit
def bellman_backup(P, R, v, gamma):
    return R + gamma * jnp.dot(P, v)

# %% right: broadcasting and a sum
def bellman_backup(P, R, v, gamma):
    return (P * v[None, None, :]).sum(axis=-1) * gamma + R

# %% right: vmap of vmap
def bellman_backup(P, R, v, gamma):
    one = lambda p, r: r + gamma * jnp.vdot(p, v)
    return jax.vmap(jax.vmap(one))(jnp.asarray(P), jnp.asarray(R))

# %% right: the expectation of the whole target
def bellman_backup(P, R, v, gamma):
    return np.sum(P * (R[:, :, None] + gamma * v), axis=2)

# %% right: a matrix product of reshaped arrays, stored as a column first
def bellman_backup(P, R, v, gamma):
    S, A, _ = P.shape
    return R + gamma * np.matmul(P.reshape(S * A, S), v.reshape(-1, 1)).reshape(S, A)

# %% right: tensordot
def bellman_backup(P, R, v, gamma):
    return np.add(R, gamma * np.tensordot(P, v, axes=([2], [0])))

# %% wrong: no gamma | says: gamma was never used
def bellman_backup(P, R, v, gamma):
    return R + P @ v

# %% wrong: discounts the reward too | says: the reward is paid now
def bellman_backup(P, R, v, gamma):
    return gamma * (R + P @ v)

# %% wrong: no reward | says: rewards are missing
def bellman_backup(P, R, v, gamma):
    return gamma * (P @ v)

# %% wrong: value of this state | says: not of this one
def bellman_backup(P, R, v, gamma):
    return R + gamma * v[:, None] * np.ones_like(R)

# %% wrong: only the likeliest next state | says: likeliest
def bellman_backup(P, R, v, gamma):
    return R + gamma * v[P.argmax(axis=-1)]

# %% wrong: largest term | says: not the largest term
def bellman_backup(P, R, v, gamma):
    return R + gamma * (P * v).max(axis=-1)

# %% wrong: mean over the next states | says: do not take the mean
def bellman_backup(P, R, v, gamma):
    return R + gamma * (P * v).mean(axis=-1)

# %% wrong: ignores P | says: P was never used
def bellman_backup(P, R, v, gamma):
    return R + gamma * v.sum()

# %% wrong: ignores P, mean | says: P was never used
def bellman_backup(P, R, v, gamma):
    return R + gamma * v.mean()

# %% wrong: the first axis is the next state | says: the last axis of P
def bellman_backup(P, R, v, gamma):
    return R + gamma * np.einsum("nas,n->sa", P, v)

# %% wrong: takes the maximum already | says: before the maximum
def bellman_backup(P, R, v, gamma):
    return (R + gamma * (P @ v)).max(axis=1)

# %% wrong: writes into R | says: R was modified
def bellman_backup(P, R, v, gamma):
    R += gamma * (P @ v)
    return R

# %% wrong: writes into P | says: P was modified
def bellman_backup(P, R, v, gamma):
    P *= v
    return R + gamma * P.sum(axis=-1)

# %% wrong: scales v in place | says: v was modified
def bellman_backup(P, R, v, gamma):
    v *= gamma
    return R + P @ v

# %% wrong: actions first | says: states first
def bellman_backup(P, R, v, gamma):
    return (R + gamma * (P @ v)).T

# %% wrong: multiplies from the left, which needs as many actions as states | says: mismatch
def bellman_backup(P, R, v, gamma):
    return R + gamma * (v @ P)

# %% wrong: nested lists | says: list
def bellman_backup(P, R, v, gamma):
    return [[R[s, a] + gamma * P[s, a] @ v for a in range(R.shape[1])] for s in range(R.shape[0])]

# %% wrong: cut to integers | says: fractions are gone
def bellman_backup(P, R, v, gamma):
    return (R + gamma * (P @ v)).astype(int)

# %% wrong: no return | says: None
def bellman_backup(P, R, v, gamma):
    Q = R + gamma * (P @ v)

# %% wrong: gamma is always 0.9 | says: whatever comes in
def bellman_backup(P, R, v, gamma):
    return R + 0.9 * (P @ v)

# %% wrong: no future for the last state | says: future like any other
def bellman_backup(P, R, v, gamma):
    Q = R + gamma * (P @ v)
    Q[-1] = R[-1]
    return Q
