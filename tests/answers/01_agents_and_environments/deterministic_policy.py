# %% right: an if
def deterministic_policy(obs):
    weights = np.array([1, -2, 2, -1])
    if np.dot(weights, obs) > 0:
        return 1
    return 0

# %% right: np.where, a 0-d array
def deterministic_policy(obs):
    return np.where(np.dot([1, -2, 2, -1], obs) > 0, 1, 0)

# %% right: the numbers written out
def deterministic_policy(obs):
    x, x_dot, theta, theta_dot = obs
    return 1 if x - 2 * x_dot + 2 * theta - theta_dot > 0 else 0

# %% right: a pure Python sum
def deterministic_policy(obs):
    total = sum(w * o for w, o in zip([1, -2, 2, -1], obs.tolist()))
    return int(total > 0)

# %% right: a NumPy integer of another size
def deterministic_policy(obs):
    return (np.array([1.0, -2.0, 2.0, -1.0], np.float32) @ obs > 0).astype(np.uint8)

# %% right: JAX inside, an int outside
def deterministic_policy(obs):
    return int(jnp.dot(jnp.array([1.0, -2.0, 2.0, -1.0]), obs) > 0)

# %% right: argmax of zero and the sum, a tie goes to the first
def deterministic_policy(obs):
    return np.argmax([0.0, np.dot([1, -2, 2, -1], obs)])

# %% right: heaviside with 0 at 0, prints and warns
def deterministic_policy(obs):
    import warnings
    warnings.warn("hello")
    print("looking at", obs)
    return int(np.heaviside(np.sum(np.multiply([1, -2, 2, -1], obs)), 0))

# %% right: a jitted helper and a module-level constant
W = jnp.array([1.0, -2.0, 2.0, -1.0])

@jax.jit
def score(obs):
    return W @ obs

def deterministic_policy(obs):
    return int(score(obs) > 0)

# %% right: a lambda
deterministic_policy = lambda obs: int(np.inner(obs, (1, -2, 2, -1)) > 0)

# %% wrong: a tie counts as positive | says: exactly zero
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1], obs) >= 0)

# %% wrong: the actions swapped | says: other way round
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1], obs) < 0)

# %% wrong: swapped with a tie at 0, as in a well-known solution | says: other way round
def deterministic_policy(obs):
    if np.dot([1, -2, 2, -1], obs) >= 0:
        return 0
    return 1

# %% wrong: swapped, and a tie gives 1 | says: other way round
def deterministic_policy(obs):
    return 0 if np.dot([1, -2, 2, -1], obs) > 0 else 1

# %% wrong: a boolean | says: boolean
def deterministic_policy(obs):
    return np.dot([1, -2, 2, -1], obs) > 0

# %% wrong: a Python boolean | says: boolean
def deterministic_policy(obs):
    return bool(np.dot([1, -2, 2, -1], obs) > 0)

# %% wrong: a float | says: should be an integer
def deterministic_policy(obs):
    return 1.0 if np.dot([1, -2, 2, -1], obs) > 0 else 0.0

# %% wrong: a JAX array | says: JAX array
def deterministic_policy(obs):
    return jnp.where(jnp.dot(jnp.array([1, -2, 2, -1]), obs) > 0, 1, 0)

# %% wrong: no return | says: None
def deterministic_policy(obs):
    action = int(np.dot([1, -2, 2, -1], obs) > 0)

# %% wrong: returns only on one path | says: None
def deterministic_policy(obs):
    if np.dot([1, -2, 2, -1], obs) > 0:
        return 1

# %% wrong: rounds the sum | says: a half is greater
def deterministic_policy(obs):
    return int(int(np.dot([1, -2, 2, -1], obs)) > 0)

# %% wrong: the sum itself | says: dot product itself
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1], obs))

# %% wrong: its sign, which is -1 too | says: no action -1
def deterministic_policy(obs):
    return int(np.sign(np.dot([1, -2, 2, -1], obs)))

# %% wrong: no minus signs | says: minus signs
def deterministic_policy(obs):
    return int(np.dot([1, 2, 2, 1], obs) > 0)

# %% wrong: the absolute value | says: sign of the dot product
def deterministic_policy(obs):
    return int(abs(np.dot([1, -2, 2, -1], obs)) > 0)

# %% wrong: one sign wrong | says: last weight
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, 1], obs) > 0)

# %% wrong: weights 1 and 2 swapped in size | says: sizes of the weights
def deterministic_policy(obs):
    return int(np.dot([2, -1, 1, -2], obs) > 0)

# %% wrong: writes into the observation | says: modified
def deterministic_policy(obs):
    obs *= np.array([1, -2, 2, -1], np.float32)
    return int(obs.sum() > 0)

# %% wrong: one action per entry | says: shape
def deterministic_policy(obs):
    return (np.array([1, -2, 2, -1]) * obs > 0).astype(int)

# %% wrong: an array of one | says: single number
def deterministic_policy(obs):
    return np.array([int(np.dot([1, -2, 2, -1], obs) > 0)])

# %% wrong: a list | says: it is a list
def deterministic_policy(obs):
    return [int(np.dot([1, -2, 2, -1], obs) > 0)]

# %% wrong: explores now and then | says: another action later
def deterministic_policy(obs):
    if np.random.random() < 0.05:
        return np.random.randint(2)
    return int(np.dot([1, -2, 2, -1], obs) > 0)

# %% wrong: a dead zone around zero | says: without a margin
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1], obs) > 0.01)

# %% wrong: remembers the last call | says: another action later
last = 0
def deterministic_policy(obs):
    global last
    total = np.dot([1, -2, 2, -1], obs) + 1e-3 * last
    last = int(total > 0)
    return last

# %% wrong: only looks at the pole | says: pole alone
def deterministic_policy(obs):
    return int(2 * obs[2] - obs[3] > 0)

# %% wrong: a string | says: it is a str
def deterministic_policy(obs):
    return "1" if np.dot([1, -2, 2, -1], obs) > 0 else "0"

# %% wrong: always left | says: always 0
def deterministic_policy(obs):
    return 0

# %% right: jax.jit inside, compiled anew in every call
def deterministic_policy(obs):
    score = jax.jit(lambda o: jnp.dot(jnp.array([1.0, -2.0, 2.0, -1.0]), o))
    return 1 if score(obs) > 0 else 0

# %% right: helpers with underscores, a member of an IntEnum
import enum
_weights = (1, -2, 2, -1)
class Push(enum.IntEnum):
    LEFT = 0
    RIGHT = 1
def _dot(obs):
    return sum(w * o for w, o in zip(_weights, obs))
def deterministic_policy(obs):
    return Push.RIGHT if _dot(obs) > 0 else Push.LEFT

# %% right: a sigmoid in float32
def deterministic_policy(obs):
    return int(jax.nn.sigmoid(jnp.dot(jnp.array([1.0, -2.0, 2.0, -1.0]), obs)) > 0.5)

# %% wrong: a margin of one in a million | says: without a margin
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1], obs) > 1e-6)

# %% wrong: weights in another order | says: right order
def deterministic_policy(obs):
    return int(np.dot([1, 2, -2, -1], obs) > 0)

# %% wrong: a weight slightly off | says: slightly off
def deterministic_policy(obs):
    return int(np.dot([1, -2, 2, -1.1], obs) > 0)
