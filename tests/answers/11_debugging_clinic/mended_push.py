# %% wrong: as it was shown | says: caller's own array
def mended_push(storage, obs):
    storage.append(obs)
# %% right: np.array copies
def mended_push(storage, obs):
    storage.append(np.array(obs))
# %% right: deepcopy
def mended_push(storage, obs):
    import copy
    storage.append(copy.deepcopy(obs))
# %% right: filled in
def mended_push(storage, obs):
    mine = np.empty(obs.shape, obs.dtype)
    mine[...] = obs
    storage += [mine]
# %% right: insert at the end, np.copy
def mended_push(storage, obs):
    storage.insert(len(storage), np.copy(obs))
# %% right: through bytes
def mended_push(storage, obs):
    storage.extend([np.frombuffer(obs.tobytes(), dtype=obs.dtype).reshape(obs.shape).copy()])
# %% wrong: np.asarray | says: caller's own array
def mended_push(storage, obs):
    storage.append(np.asarray(obs))
# %% wrong: a slice | says: caller's own array
def mended_push(storage, obs):
    storage.append(obs[:])
# %% wrong: a view | says: caller's own array
def mended_push(storage, obs):
    storage.append(obs.view())
# %% wrong: a list | says: NumPy array
def mended_push(storage, obs):
    storage.append(obs.tolist())
# %% wrong: a JAX array | says: NumPy array
def mended_push(storage, obs):
    storage.append(jnp.array(obs))
# %% wrong: float32 whatever it was | says: was stored
def mended_push(storage, obs):
    storage.append(np.array(obs, np.float32))
# %% wrong: flat | says: was stored
def mended_push(storage, obs):
    storage.append(obs.flatten())
# %% wrong: copied but not appended | says: should have 1 entry
def mended_push(storage, obs):
    storage = storage + [obs.copy()]
# %% wrong: returns the list | says: return nothing
def mended_push(storage, obs):
    storage.append(obs.copy())
    return storage
# %% wrong: at the front | says: newest comes last
def mended_push(storage, obs):
    storage.insert(0, obs.copy())
# %% wrong: every entry apart | says: 1 entry
def mended_push(storage, obs):
    storage.extend(obs.copy())
# %% wrong: the newest only | says: 2 entries
def mended_push(storage, obs):
    storage[:] = [obs.copy()]
# %% wrong: empties the caller's array | says: obs after the push
def mended_push(storage, obs):
    storage.append(obs.copy())
    obs[...] = 0
# %% wrong: twice | says: 1 entry
def mended_push(storage, obs):
    storage.append(obs.copy())
    storage.append(obs.copy())
# %% wrong: append in the wrong order | says: caller's own array
def mended_push(storage, obs):
    storage.append(obs)
    obs = obs.copy()
# %% wrong: one list for all
_kept = []
def mended_push(storage, obs):
    _kept.append(obs.copy())
    storage[:] = _kept
# %% wrong: a shallow copy of the list | says: should have 1 entry
def mended_push(storage, obs):
    storage.copy().append(obs)
