# %% wrong: the chain goes on where episodes end | says: another one begins
def check_rollout(rollout):
    equal = lambda a, b: np.all((a == b).reshape(*a.shape[:2], -1), axis=2)
    steps = len(rollout.obs)
    return {
        "not_finite": sum(int((~np.isfinite(x)).sum()) for x in (rollout.obs, rollout.reward, rollout.next_obs)),
        "broken_chain": int((~equal(rollout.next_obs[:-1], rollout.obs[1:])).sum()) if steps > 1 else 0,
        "frozen": int(equal(rollout.obs, rollout.next_obs).sum()),
        "both_flags": int((rollout.terminated.astype(bool) & rollout.truncated.astype(bool)).sum()),
    }
# %% right: loops
def check_rollout(rollout):
    out = {"not_finite": 0, "broken_chain": 0, "frozen": 0, "both_flags": 0}
    steps, envs = rollout.reward.shape
    for x in (rollout.obs, rollout.reward, rollout.next_obs):
        out["not_finite"] += x.size - np.count_nonzero(np.isfinite(x))
    for t in range(steps):
        for n in range(envs):
            over = rollout.terminated[t, n] or rollout.truncated[t, n]
            if t + 1 < steps and not over and not np.array_equal(rollout.next_obs[t, n], rollout.obs[t + 1, n]):
                out["broken_chain"] += 1
            out["frozen"] += int(np.array_equal(rollout.obs[t, n], rollout.next_obs[t, n]))
            out["both_flags"] += int(bool(rollout.terminated[t, n]) and bool(rollout.truncated[t, n]))
    return out
# %% right: flat rows, any instead of all
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    broken = (b[:-1] != a[1:]).any(-1) & ~over[:-1]
    everything = np.concatenate([a.ravel(), b.ravel(), rollout.reward.ravel()])
    return dict(
        both_flags=np.logical_and(rollout.terminated, rollout.truncated).sum(),
        frozen=(~(a != b).any(-1)).sum(),
        broken_chain=broken.sum(),
        not_finite=(~np.isfinite(everything)).sum(),
    )
# %% right: means of moved axes, flags as products
def check_rollout(rollout):
    axes = tuple(range(2, rollout.obs.ndim))
    same = lambda a, b: (a == b).all(axis=axes)
    alive = (1 - rollout.terminated.astype(int)) * (1 - rollout.truncated.astype(int))
    bad = lambda x: np.isnan(x).sum() + np.isinf(x).sum()
    return {
        "not_finite": bad(rollout.obs) + bad(rollout.reward) + bad(rollout.next_obs),
        "broken_chain": np.sum(alive[:-1] * (1 - same(rollout.next_obs[:-1], rollout.obs[1:]).astype(int))),
        "frozen": np.sum(same(rollout.obs, rollout.next_obs)),
        "both_flags": np.sum(rollout.terminated.astype(int) * rollout.truncated.astype(int)),
    }
# %% wrong: only terminated ends an episode | says: terminated *or* truncated
def check_rollout(rollout):
    equal = lambda a, b: np.all((a == b).reshape(*a.shape[:2], -1), axis=2)
    over = rollout.terminated.astype(bool)
    return {
        "not_finite": sum(int((~np.isfinite(x)).sum()) for x in (rollout.obs, rollout.reward, rollout.next_obs)),
        "broken_chain": int((~equal(rollout.next_obs[:-1], rollout.obs[1:]) & ~over[:-1]).sum()) if len(over) > 1 else 0,
        "frozen": int(equal(rollout.obs, rollout.next_obs).sum()),
        "both_flags": int((over & rollout.truncated.astype(bool)).sum()),
    }
# %% wrong: entries instead of pairs | says: counts once
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    b = b + np.array([0, 1.0])[: b.shape[2]] * (b == 5).any(-1, keepdims=True)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int((~np.isfinite(rollout.obs)).sum()),
        "broken_chain": int(((b[:-1] != a[1:]) & ~over[:-1, :, None]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: the chain compares obs with obs | says: counts once
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((a[:-1] != b[:-1]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: frozen entries | says: you counted entries
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: frozen if any entry is | says: not if any is
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).any(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: only nan | says: infinite counts too
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum(np.isnan(x).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: the reward is forgotten | says: all three count
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: nan equals nan | says: nan differs from everything
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = (np.nan_to_num(x.reshape(T, N, -1).astype(float)) for x in (rollout.obs, rollout.next_obs))
    a[np.isnan(rollout.obs.reshape(a.shape))] = 0
    over = np.logical_or(rollout.terminated, rollout.truncated)
    raw = (rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1))
    same = lambda x, y: ((x == y) | (np.isnan(x) | np.isnan(y))).all(-1)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (*raw, rollout.reward))),
        "broken_chain": int((~same(raw[1][:-1], raw[0][1:]) & ~over[:-1]).sum()),
        "frozen": int((raw[0] == raw[1]).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: either flag | says: one of the flags
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(over.sum()),
    }
# %% wrong: obs must have three axes | says: check_rollout
def check_rollout(rollout):
    a, b = rollout.obs, rollout.next_obs
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(axis=2) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(axis=2).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: images are beyond it
def check_rollout(rollout):
    a, b = rollout.obs, rollout.next_obs
    if a.ndim == 2:
        a, b = a[..., None], b[..., None]
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(axis=2) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(axis=2).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: flags as bits, floats have none | says: flags such as terminated
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = rollout.terminated | rollout.truncated
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int((rollout.terminated & rollout.truncated).sum()),
    }
# %% wrong: one key is missing | says: exactly the keys
def check_rollout(rollout):
    return {"not_finite": 0, "broken_chain": 0, "frozen": 0}
# %% wrong: a tuple | says: dictionary
def check_rollout(rollout):
    return 0, 0, 0, 0
# %% wrong: booleans for counts | says: integer
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": bool((~np.isfinite(a)).any()),
        "broken_chain": bool(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).any()),
        "frozen": bool((a == b).all(-1).any()),
        "both_flags": False,
    }
# %% wrong: cleans the rollout up | says: was modified
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    out = {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] != a[1:]).any(-1) & ~over[:-1]).sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
    rollout.obs[...] = 0
    return out
# %% wrong: close is equal | says: nan differs from everything
def check_rollout(rollout):
    T, N = rollout.reward.shape
    a, b = rollout.obs.reshape(T, N, -1), rollout.next_obs.reshape(T, N, -1)
    over = np.logical_or(rollout.terminated, rollout.truncated)
    return {
        "not_finite": int(sum((~np.isfinite(x)).sum() for x in (a, b, rollout.reward))),
        "broken_chain": int(((b[:-1] - a[1:]) ** 2 > 0).any(-1)[~over[:-1]].sum()),
        "frozen": int((a == b).all(-1).sum()),
        "both_flags": int(np.logical_and(rollout.terminated, rollout.truncated).sum()),
    }
# %% wrong: nothing comes back | says: dictionary
def check_rollout(rollout):
    print(rollout.obs.shape)
