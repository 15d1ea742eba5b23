# %% right: a ring of NumPy arrays, made at the first push
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.max_size, self.batch_size = max_size, batch_size
        self.rng = np.random.default_rng(seed)
        self.count = 0
        self.columns = None

    def __len__(self):
        return min(self.count, self.max_size)

    def push(self, transition):
        if self.columns is None:
            dim = len(transition.obs)
            self.columns = Transition(
                np.zeros((self.max_size, dim), np.float32), np.zeros(self.max_size, np.int32),
                np.zeros(self.max_size, np.float32), np.zeros((self.max_size, dim), np.float32),
                np.zeros(self.max_size, np.float32), np.zeros(self.max_size, np.float32))
        for column, value in zip(self.columns, transition):
            column[self.count % self.max_size] = value
        self.count += 1

    def is_ready(self):
        return len(self) >= self.batch_size

    def sample(self):
        rows = self.rng.choice(len(self), self.batch_size, replace=False)
        return Transition(*(column[rows] for column in self.columns)) if self.columns else None

# %% right: a list that deletes its first, and a permutation
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.items = []
        self.max_size = max_size
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)

    def push(self, transition):
        self.items.append(transition)
        if len(self.items) > self.max_size:
            del self.items[0]

    def is_ready(self):
        return np.bool_(len(self.items) >= self.batch_size)

    def sample(self):
        if len(self.items) < self.batch_size:
            raise ValueError
        rows = self.rng.permutation(len(self.items))[: self.batch_size]
        picked = [self.items[i] for i in rows]
        columns = [np.array([np.asarray(t[f]) for t in picked]) for f in range(6)]
        dtypes = ["float32", "int32", "float32", "float32", "float32", "float32"]
        return Transition(*[c.astype(d) for c, d in zip(columns, dtypes)])

    def __len__(self):
        return len(self.items)

# %% right: JAX keys and JAX arrays
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer = collections.deque([], max_size)
        self.batch_size = batch_size
        self.key = jax.random.key(0 if seed is None else seed)

    def __len__(self):
        return len(self.buffer)

    def push(self, transition):
        self.buffer.append(transition)

    def is_ready(self):
        return len(self.buffer) >= self.batch_size

    def sample(self):
        if not self.is_ready():
            raise ValueError("not enough")
        self.key, key = jax.random.split(self.key)
        rows = jax.random.choice(key, len(self.buffer), (self.batch_size,), replace=False)
        picked = [self.buffer[int(i)] for i in rows]
        stack = lambda name, dtype: jnp.asarray(np.array([getattr(t, name) for t in picked]), dtype)
        return Transition(
            obs=stack("obs", jnp.float32), action=stack("action", jnp.int32), reward=stack("reward", jnp.float32),
            next_obs=stack("next_obs", jnp.float32), terminated=stack("terminated", jnp.float32),
            truncated=stack("truncated", jnp.float32))

# %% right: relies on random.sample to complain, stores copies, warns
import warnings

class TransitionMemory(object):
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.batch_size = batch_size
        self.buffer = collections.deque(maxlen=max_size)
        self.random = random.Random(seed)
        warnings.warn("I remember")

    def push(self, transition):
        self.buffer.append(Transition(
            np.array(transition.obs, np.float32), int(transition.action), float(transition.reward),
            np.array(transition.next_obs, np.float32), bool(transition.terminated), bool(transition.truncated)))

    def is_ready(self):
        return self.batch_size <= len(self.buffer)

    def __len__(self):
        return len(self.buffer)

    def sample(self):
        rows = self.random.sample(list(self.buffer), self.batch_size)
        batch = jax.tree.map(lambda *xs: np.stack(xs), *rows)
        f = np.float32
        return batch._replace(action=batch.action.astype(np.int32), reward=batch.reward.astype(f),
                              terminated=batch.terminated.astype(f), truncated=batch.truncated.astype(f))

# %% right: reseeds the shared dice for a moment, and puts them back
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        state = random.getstate()
        random.seed(seed)
        self.state = random.getstate()
        random.setstate(state)
        self.batch_size, self.items = batch_size, collections.deque(maxlen=max_size)

    def __len__(self):
        return len(self.items)

    def push(self, transition):
        self.items.append(transition)

    def is_ready(self):
        return not len(self) < self.batch_size

    def sample(self):
        if not self.is_ready():
            raise ValueError("wait")
        shared = random.getstate()
        random.setstate(self.state)
        rows = random.sample(range(len(self)), self.batch_size)
        self.state = random.getstate()
        random.setstate(shared)
        obs, action, reward, next_obs, terminated, truncated = zip(*[self.items[i] for i in rows])
        return Transition(np.array(obs, np.float32), np.array(action, np.int32), np.array(reward, np.float32),
                          np.array(next_obs, np.float32), np.array(terminated, np.float32), np.array(truncated, np.float32))

# %% right: a dictionary by age, an error of its own
class NotReady(ValueError):
    pass

class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.store, self.next, self.max_size, self.batch_size = {}, 0, max_size, batch_size
        self.rng = np.random.RandomState(seed)

    def push(self, transition):
        self.store[self.next] = transition
        self.store.pop(self.next - self.max_size, None)
        self.next += 1

    def __len__(self):
        return len(self.store)

    def is_ready(self):
        return len(self) >= self.batch_size

    def sample(self):
        if not self.is_ready():
            raise NotReady()
        keys = np.sort(self.rng.choice(np.array(list(self.store)), self.batch_size, replace=False))
        rows = [self.store[k] for k in keys.tolist()]
        return Transition(
            obs=np.vstack([r.obs for r in rows]).astype("float32"),
            action=np.asarray([r.action for r in rows]).astype("int32"),
            reward=np.asarray([r.reward for r in rows]).astype("float32"),
            next_obs=np.vstack([r.next_obs for r in rows]).astype("float32"),
            terminated=np.asarray([r.terminated for r in rows]).astype("float32"),
            truncated=np.asarray([r.truncated for r in rows]).astype("float32"))

# %% right: slow but right, arrays of JAX updated in place of the oldest
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.obs = None
        self.rest = np.zeros((0, 4), np.float32)
        self.max_size, self.batch_size, self.rng = max_size, batch_size, np.random.default_rng(seed)

    def push(self, t):
        row = np.array([[t.action, t.reward, t.terminated, t.truncated]], np.float32)
        both = np.stack([np.asarray(t.obs), np.asarray(t.next_obs)])[None].astype(np.float32)
        self.obs = both if self.obs is None else np.concatenate([self.obs, both])[-self.max_size:]
        self.rest = np.concatenate([self.rest, row])[-self.max_size:]

    def __len__(self):
        return len(self.rest)

    def is_ready(self):
        return len(self.rest) >= self.batch_size

    def sample(self):
        if not self.is_ready():
            raise ValueError("not ready")
        i = np.argsort(self.rng.random(len(self)))[: self.batch_size]
        a, r, d, c = self.rest[i].T
        return Transition(self.obs[i, 0], a.astype(np.int32), r, self.obs[i, 1], d, c)

# %% wrong: with replacement | says: twice in one batch
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        o, a, r, n, d, c = zip(*self.rng.choices(self.buffer, k=self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: the shared dice, no seed | says: generator that belongs
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size = collections.deque(maxlen=max_size), batch_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*random.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: seeds the shared dice | says: generator that belongs
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        np.random.seed(seed)
        self.buffer, self.batch_size = collections.deque(maxlen=max_size), batch_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        rows = np.random.choice(len(self), self.batch_size, replace=False)
        o, a, r, n, d, c = zip(*[self.buffer[i] for i in rows])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: new dice from the same seed at every call | says: same batch
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.seed = collections.deque(maxlen=max_size), batch_size, seed
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*random.Random(self.seed).sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: the seed is ignored, always the same dice | says: different seeds
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(0)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: seed 0 counts as none | says: 0 is a seed
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size = collections.deque(maxlen=max_size), batch_size
        self.rng = random.Random(seed) if seed else random.Random()
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: grows without bound | says: newest max_size
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = [], batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: a full memory takes nothing more | says: newest six
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng, self.max_size = [], batch_size, random.Random(seed), max_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        if len(self.buffer) < self.max_size:
            self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: throws away the newest | says: newest six
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng, self.max_size = [], batch_size, random.Random(seed), max_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        if len(self.buffer) == self.max_size:
            self.buffer.pop()
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: overwrites a random old one | says: newest six
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng, self.max_size = [], batch_size, random.Random(seed), max_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        if len(self.buffer) == self.max_size:
            self.buffer.pop(self.rng.randrange(self.max_size))
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: shared by all memories | says: share what they store
class TransitionMemory:
    buffer = collections.deque(maxlen=5000)
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.batch_size, self.rng = batch_size, random.Random(seed)
        self.buffer.clear()
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: removes what it returns | says: removes nothing
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        rows = list(self.buffer)
        self.rng.shuffle(rows)
        rows, keep = rows[: self.batch_size], rows[self.batch_size :]
        self.buffer = collections.deque(keep, self.buffer.maxlen)
        o, a, r, n, d, c = zip(*rows)
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: ready one too late | says: at least means
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) > self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: ready as soon as there is something | says: compare with batch_size
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) > 0
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: returns what there is | says: batch of 3
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, min(len(self), self.batch_size)))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: asserts | says: AssertionError
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        assert self.is_ready()
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: obs and next_obs swapped | says: swapped
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(n), np.array(a, np.int32), f(r), f(o), f(d), f(c))

# %% wrong: termination and truncation merged | says: only truncated
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        done = bool(transition.terminated) or bool(transition.truncated)
        self.buffer.append(transition._replace(terminated=done))
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: truncation forgotten | says: truncated
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), np.zeros(len(d), np.float32))

# %% wrong: dtypes as they come | says: dtype
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        return Transition(*map(np.array, zip(*self.rng.sample(self.buffer, self.batch_size))))

# %% wrong: rewards cut to whole numbers | says: reward
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(np.array(r, np.int32)), f(n), f(d), f(c))

# %% wrong: a list of transitions | says: not a list
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        return self.rng.sample(self.buffer, self.batch_size)

# %% wrong: every field shuffled on its own | says: same step
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = [self.rng.sample(x, self.batch_size) for x in zip(*self.buffer)] if len(self) else [[]] * 6
        if not self.is_ready():
            raise ValueError
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: the newest batch, once it is full | says: holds the newest
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        o, a, r, n, d, c = zip(*list(self.buffer)[-self.batch_size :]) if len(self) > 6 else zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: only the last batch | says: same batch
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size = collections.deque(maxlen=max_size), batch_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        o, a, r, n, d, c = zip(*list(self.buffer)[-self.batch_size :])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: a random window of consecutive steps | says: follow one another
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        start = self.rng.randrange(len(self))
        o, a, r, n, d, c = zip(*[self.buffer[(start + i) % len(self)] for i in range(self.batch_size)])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: goes through a shuffled memory, batch after batch | says: pack of cards
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
        self.order = []
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
        self.order = []
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        if len(self.order) < self.batch_size:
            self.order = self.rng.sample(range(len(self)), len(self))
        rows, self.order = self.order[: self.batch_size], self.order[self.batch_size :]
        o, a, r, n, d, c = zip(*[self.buffer[i] for i in rows])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: never draws the newest | says: newest six
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        last = len(self) - 1 if len(self) > self.batch_size else len(self)
        o, a, r, n, d, c = zip(*[self.buffer[i] for i in self.rng.sample(range(last), self.batch_size)])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: prefers the newer ones | says: equally likely
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, np.random.default_rng(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        p = np.arange(1, len(self) + 1) / (len(self) * (len(self) + 1) / 2)
        o, a, r, n, d, c = zip(*[self.buffer[i] for i in self.rng.choice(len(self), self.batch_size, replace=False, p=p)])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: draws from places nothing was stored in yet | says: batch of 4
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.max_size, self.batch_size, self.rng, self.n = max_size, batch_size, np.random.default_rng(seed), 0
        self.rows = None
    def __len__(self):
        return min(self.n, self.max_size)
    def push(self, t):
        if self.rows is None:
            self.rows = [np.zeros((self.max_size, *np.shape(x)), np.float32) for x in t]
        for column, x in zip(self.rows, t):
            column[self.n % self.max_size] = x
        self.n += 1
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        i = self.rng.choice(self.max_size, self.batch_size, replace=False)
        o, a, r, n, d, c = [column[i] for column in self.rows]
        return Transition(o, a.astype(np.int32), r, n, d, c)

# %% wrong: draws from places nothing was stored in yet, once it is ready | says: nothing was stored in
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.max_size, self.batch_size, self.rng, self.n = max_size, batch_size, np.random.default_rng(seed), 0
        self.rows = None
    def __len__(self):
        return min(self.n, self.max_size)
    def push(self, t):
        if self.rows is None:
            self.rows = [np.zeros((self.max_size, *np.shape(x)), np.float32) for x in t]
        for column, x in zip(self.rows, t):
            column[self.n % self.max_size] = x
        self.n += 1
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        i = self.rng.choice(self.max_size, self.batch_size, replace=False)
        o, a, r, n, d, c = [column[i] for column in self.rows]
        return Transition(o, a.astype(np.int32), r, n, d, c)

# %% wrong: made for CartPole's four numbers only | says: put into a place
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.max_size, self.batch_size, self.rng, self.n = max_size, batch_size, np.random.default_rng(seed), 0
        self.rows = np.zeros((max_size, 12), np.float32)
    def __len__(self):
        return min(self.n, self.max_size)
    def push(self, t):
        self.rows[self.n % self.max_size] = np.concatenate([t.obs, [t.action, t.reward], t.next_obs, [t.terminated, t.truncated]])
        self.n += 1
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        x = self.rows[self.rng.choice(len(self), self.batch_size, replace=False)]
        return Transition(x[:, :4], x[:, 4].astype(np.int32), x[:, 5], x[:, 6:10], x[:, 10], x[:, 11])

# %% wrong: an old list by mistake of the default argument | says: share what they store
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None, buffer=[]):
        self.buffer, self.batch_size, self.rng, self.max_size = buffer, batch_size, random.Random(seed), max_size
        del buffer[:]
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
        del self.buffer[: -self.max_size]
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: keeps one too few | says: one too few
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng, self.max_size = [], batch_size, random.Random(seed), max_size
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
        if len(self.buffer) >= self.max_size:
            self.buffer.pop(0)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: is_ready returns nothing | says: returned None
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.rng = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        len(self) >= self.batch_size
    def sample(self):
        o, a, r, n, d, c = zip(*self.rng.sample(self.buffer, self.batch_size))
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: a JAX key, which cannot be made from None | says: None is not
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.buffer, self.batch_size, self.key = collections.deque(maxlen=max_size), batch_size, jax.random.key(seed)
    def __len__(self):
        return len(self.buffer)
    def push(self, transition):
        self.buffer.append(transition)
    def is_ready(self):
        return len(self) >= self.batch_size
    def sample(self):
        if not self.is_ready():
            raise ValueError
        self.key, key = jax.random.split(self.key)
        rows = jax.random.choice(key, len(self), (self.batch_size,), replace=False).tolist()
        o, a, r, n, d, c = zip(*[self.buffer[i] for i in rows])
        f = lambda x: np.array(x, np.float32)
        return Transition(f(o), np.array(a, np.int32), f(r), f(n), f(d), f(c))

# %% wrong: new dice from the same seed with every push | says: not in push()
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.stored, self.batch_size, self.seed = collections.deque(maxlen=max_size), batch_size, seed
        self.dice = random.Random(seed)
    def __len__(self):
        return len(self.stored)
    def push(self, transition):
        self.stored.append(transition)
        self.dice = random.Random(self.seed)
    def is_ready(self):
        return len(self.stored) >= self.batch_size
    def sample(self):
        rows = zip(*self.dice.sample(list(self.stored), self.batch_size))  # too few: ValueError
        kinds = [np.float32, np.int32, np.float32, np.float32, np.float32, np.float32]
        return Transition(*[np.array(row, kind) for row, kind in zip(rows, kinds)])

# %% wrong: every batch in the same arrays, so the next one overwrites it | says: arrays that an earlier one
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.stored, self.batch_size, self.dice = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
        self.batch = None
    def __len__(self):
        return len(self.stored)
    def push(self, transition):
        self.stored.append(transition)
    def is_ready(self):
        return len(self.stored) >= self.batch_size
    def sample(self):
        rows = zip(*self.dice.sample(list(self.stored), self.batch_size))  # too few: ValueError
        kinds = [np.float32, np.int32, np.float32, np.float32, np.float32, np.float32]
        new = [np.array(row, kind) for row, kind in zip(rows, kinds)]
        if self.batch is None:
            self.batch = Transition(*new)
        for place, values in zip(self.batch, new):
            place[...] = values
        return self.batch

# %% wrong: truncated whenever the episode is over | says: truncated is 1 where a transition was only terminated
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.stored, self.batch_size, self.dice = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.stored)
    def push(self, transition):
        self.stored.append(transition._replace(truncated=bool(transition.terminated or transition.truncated)))
    def is_ready(self):
        return len(self.stored) >= self.batch_size
    def sample(self):
        rows = zip(*self.dice.sample(list(self.stored), self.batch_size))  # too few: ValueError
        kinds = [np.float32, np.int32, np.float32, np.float32, np.float32, np.float32]
        return Transition(*[np.array(row, kind) for row, kind in zip(rows, kinds)])

# %% wrong: does not store what it holds already | says: store them all
class TransitionMemory:
    def __init__(self, max_size=5000, batch_size=256, seed=None):
        self.stored, self.batch_size, self.dice = collections.deque(maxlen=max_size), batch_size, random.Random(seed)
    def __len__(self):
        return len(self.stored)
    def push(self, transition):
        if not any(all(np.array_equal(x, y) for x, y in zip(transition, old)) for old in self.stored):
            self.stored.append(transition)
    def is_ready(self):
        return len(self.stored) >= self.batch_size
    def sample(self):
        rows = zip(*self.dice.sample(list(self.stored), self.batch_size))  # too few: ValueError
        kinds = [np.float32, np.int32, np.float32, np.float32, np.float32, np.float32]
        return Transition(*[np.array(row, kind) for row, kind in zip(rows, kinds)])
