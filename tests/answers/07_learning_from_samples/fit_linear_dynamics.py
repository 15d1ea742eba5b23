# %% right: jax all the way
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    obs, next_obs = jnp.asarray(obs, jnp.float32), jnp.asarray(next_obs, jnp.float32)
    inputs = jnp.concatenate([obs, jax.nn.one_hot(jnp.asarray(action), num_actions)], axis=1)
    return jnp.linalg.lstsq(inputs, next_obs - obs)[0]

# %% right: pseudo-inverse
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.hstack([np.asarray(obs), np.eye(num_actions)[np.asarray(action)]])
    return np.linalg.pinv(X) @ (np.asarray(next_obs) - np.asarray(obs))

# %% right: normal equations with a pseudo-inverse
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.hstack([np.asarray(obs, float), np.eye(num_actions)[np.asarray(action)]])
    Y = np.asarray(next_obs, float) - np.asarray(obs, float)
    return np.linalg.pinv(X.T @ X, hermitian=True) @ (X.T @ Y)

# %% right: fits next_obs and takes the identity off
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    obs = np.asarray(obs, float)
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=-1)
    W = np.linalg.lstsq(X, np.asarray(next_obs, float), rcond=None)[0]
    seen = np.isin(np.arange(num_actions), np.asarray(action))
    W[: obs.shape[1]] -= np.eye(obs.shape[1])
    W[obs.shape[1] :][~seen] = 17.0  # anything
    return W

# %% right: scipy, column by column, printing
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    obs, next_obs, action = map(np.asarray, (obs, next_obs, action))
    one_hot = np.zeros((len(action), num_actions))
    one_hot[np.arange(len(action)), action] = 1
    X = np.column_stack([obs, one_hot])
    print("fitting", X.shape)
    columns = [np.linalg.lstsq(X, next_obs[:, d] - obs[:, d], rcond=None)[0] for d in range(obs.shape[1])]
    return jnp.array(columns).T

# %% right: centred within each action
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    obs, action = np.asarray(obs, float), np.asarray(action)
    change = np.asarray(next_obs, float) - obs
    x, y = obs.copy(), change.copy()
    for a in np.unique(action):
        x[action == a] -= obs[action == a].mean(axis=0)
        y[action == a] -= change[action == a].mean(axis=0)
    slope = np.linalg.lstsq(x, y, rcond=None)[0]
    rows = np.zeros((num_actions, obs.shape[1]))
    for a in np.unique(action):
        rows[a] = change[action == a].mean(axis=0) - obs[action == a].mean(axis=0) @ slope
    return np.concatenate([slope, rows])

# %% right: QR with a fallback, jnp
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.asarray(jax.nn.one_hot(action, num_actions))], axis=1).astype(float)
    Y = np.asarray(next_obs, float) - np.asarray(obs, float)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    keep = s > 1e-6 * s[0]
    return jnp.asarray(Vt[keep].T @ ((U[:, keep].T @ Y) / s[keep, None]))

# %% wrong: predicts next_obs | says: predicts next_obs itself
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs), rcond=None)[0]

# %% wrong: the sign of the change | says: wrong sign
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.lstsq(X, np.asarray(obs) - np.asarray(next_obs), rcond=None)[0]

# %% wrong: actions first | says: first the rows of the observation
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([np.eye(num_actions)[np.asarray(action)], obs], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: the action as a number | says: one-hot
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.asarray(action, float)[:, None]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: a column of ones too | says: column of ones
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)], np.ones((len(obs), 1))], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: everything lstsq returns | says: the solution is the first
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)

# %% wrong: transposed | says: transposed
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0].T

# %% wrong: inverts the matrix, NumPy | says: least squares
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.inv(X.T @ X) @ X.T @ (np.asarray(next_obs) - np.asarray(obs))

# %% wrong: inverts the matrix, JAX | says: least squares
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = jnp.concatenate([jnp.asarray(obs), jax.nn.one_hot(action, num_actions)], axis=1)
    return jnp.linalg.inv(X.T @ X) @ X.T @ (jnp.asarray(next_obs) - jnp.asarray(obs))

# %% wrong: solves the normal equations | says: least squares
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    return np.linalg.solve(X.T @ X, X.T @ (np.asarray(next_obs) - np.asarray(obs)))

# %% wrong: counts the actions in the data | says: shape
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    seen = np.unique(np.asarray(action))
    X = np.concatenate([obs, (np.asarray(action)[:, None] == seen).astype(float)], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: packs the seen actions together | says: belongs to action a
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    _, packed = np.unique(np.asarray(action), return_inverse=True)
    X = np.concatenate([obs, np.eye(num_actions)[packed]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: actions counted from 1 | says: counted from 0
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action) - 1]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: a few steps of gradient descent | says: gradient descent
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    Y, W = np.asarray(next_obs) - np.asarray(obs), np.zeros((X.shape[1], obs.shape[1]))
    for _ in range(20):
        W -= 0.01 * X.T @ (X @ W - Y) / len(X)
    return W

# %% wrong: shrunk towards zero | says: shrinks
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    Y = np.asarray(next_obs) - np.asarray(obs)
    return np.linalg.solve(X.T @ X + np.eye(X.shape[1]), X.T @ Y)

# %% wrong: forgets the action | says: rows of the actions
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    return np.linalg.lstsq(np.asarray(obs), np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: changes its input | says: next_obs was modified
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(num_actions)[np.asarray(action)]], axis=1)
    if isinstance(next_obs, np.ndarray):
        next_obs -= obs
    else:
        next_obs = next_obs - obs
    return np.linalg.lstsq(X, np.asarray(next_obs), rcond=None)[0]

# %% wrong: a fit for each action | says: a fit for each action
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    obs, action, change = np.asarray(obs), np.asarray(action), np.asarray(next_obs) - np.asarray(obs)
    slopes, constants = [], np.zeros((num_actions, obs.shape[1]))
    for a in np.unique(action):
        X = np.column_stack([obs[action == a], np.ones((action == a).sum())])
        W = np.linalg.lstsq(X, change[action == a], rcond=None)[0]
        slopes.append(W[:-1])
        constants[a] = W[-1]
    return np.concatenate([np.mean(slopes, axis=0), constants])

# %% wrong: always three actions | says: shape
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = np.concatenate([obs, np.eye(3)[np.asarray(action)]], axis=1)
    return np.linalg.lstsq(X, np.asarray(next_obs) - np.asarray(obs), rcond=None)[0]

# %% wrong: drops what varies little
def fit_linear_dynamics(obs, action, next_obs, num_actions):
    X = jnp.concatenate([obs, jax.nn.one_hot(action, num_actions)], axis=-1)
    return jnp.linalg.pinv(X, rtol=0.05) @ (next_obs - obs)
