# %% right: begins with the sorted digits and the end
def sorting_reward(completion, digits, eos):
    num = len(digits)
    right = jnp.all(completion[:num] == jnp.sort(digits)) & (completion[num] == eos)
    return jnp.where(right, 1.0, 0.0)

# %% right: one comparison
def sorting_reward(completion, digits, eos):
    wanted = jnp.append(jnp.sort(jnp.asarray(digits)), eos)
    return jnp.all(jnp.asarray(completion)[: wanted.shape[0]] == wanted).astype(jnp.float32)

# %% right: counts the mistakes
def sorting_reward(completion, digits, eos):
    num = digits.shape[0]
    mistakes = jnp.sum(jnp.abs(jnp.asarray(completion)[:num] - jnp.sort(digits))) + (completion[num] != eos)
    return jnp.maximum(0.0, 1.0 - mistakes)

# %% right: ascending, with the same number of each digit, jitted
@jax.jit
def sorting_reward(completion, digits, eos):
    num = digits.shape[0]
    written = completion[:num]
    ascending = jnp.all(written[1:] >= written[:-1])
    count = lambda values, value: jnp.sum(values == value)
    same = jnp.all(jax.vmap(lambda d: count(written, d) == count(digits, d))(digits))
    return 1.0 * (ascending & same & (completion[num] == eos))

# %% right: a product of comparisons
def sorting_reward(completion, digits, eos):
    reward = jnp.float32(1.0)
    ordered = jnp.sort(jnp.asarray(digits))
    for place in range(len(digits)):
        reward = reward * (completion[place] == ordered[place])
    return reward * (completion[len(digits)] == eos)

# %% right: lax.cond
def sorting_reward(completion, digits, eos):
    num = len(digits)
    right = jnp.array_equal(jnp.asarray(completion)[:num], jnp.sort(digits)) & (completion[num] == eos)
    return jax.lax.cond(right, lambda: 1.0, lambda: 0.0)

# %% wrong: the end is not asked for | says: the end token
def sorting_reward(completion, digits, eos):
    return 1.0 * jnp.all(completion[: len(digits)] == jnp.sort(digits))

# %% wrong: ascending is enough | says: any ascending digits
def sorting_reward(completion, digits, eos):
    num = len(digits)
    ascending = jnp.all(completion[1:num] >= completion[: num - 1])
    return 1.0 * (ascending & (completion[num] == eos))

# %% wrong: the right digits in any order | says: in whatever order
def sorting_reward(completion, digits, eos):
    num = len(digits)
    return 1.0 * (jnp.all(jnp.sort(completion[:num]) == jnp.sort(digits)) & (completion[num] == eos))

# %% wrong: not sorted | says: as they came
def sorting_reward(completion, digits, eos):
    num = len(digits)
    return 1.0 * (jnp.all(completion[:num] == jnp.asarray(digits)) & (completion[num] == eos))

# %% wrong: descending | says: descending
def sorting_reward(completion, digits, eos):
    num = len(digits)
    return 1.0 * (jnp.all(completion[:num] == jnp.sort(digits)[::-1]) & (completion[num] == eos))

# %% wrong: an end anywhere | says: right after the digits
def sorting_reward(completion, digits, eos):
    right = jnp.all(completion[: len(digits)] == jnp.sort(digits))
    return 1.0 * (right & jnp.any(completion == eos))

# %% wrong: partial credit | says: partial
def sorting_reward(completion, digits, eos):
    num = len(digits)
    return jnp.mean(1.0 * (completion[:num] == jnp.sort(digits))) * (completion[num] == eos)

# %% wrong: partial credit for the end too | says: partial
def sorting_reward(completion, digits, eos):
    wanted = jnp.append(jnp.sort(jnp.asarray(digits)), eos)
    return jnp.mean(1.0 * (completion[: len(wanted)] == wanted))

# %% wrong: nothing may follow | says: what follows
def sorting_reward(completion, digits, eos):
    num = len(digits)
    right = jnp.all(completion[:num] == jnp.sort(digits)) & (completion[num] == eos)
    return 1.0 * (right & jnp.all(completion[num + 1 :] == completion[-1]))

# %% wrong: the end sorted in | says: larger than every digit
def sorting_reward(completion, digits, eos):
    wanted = jnp.sort(jnp.append(jnp.asarray(digits), eos))
    return 1.0 * jnp.all(completion[: len(wanted)] == wanted)

# %% wrong: every digit once | says: repeat
def sorting_reward(completion, digits, eos):
    num = len(digits)
    written = completion[:num]
    ascending = jnp.all(written[1:] > written[:-1])
    same = jnp.all(written == jnp.sort(digits))
    return 1.0 * (ascending & same & (completion[num] == eos))

# %% wrong: any of the digits will do | says: how often each digit
def sorting_reward(completion, digits, eos):
    num = len(digits)
    written = completion[:num]
    known = jnp.all(jnp.any(written[:, None] == digits[None, :], axis=1))
    covered = jnp.all(jnp.any(written[:, None] == digits[None, :], axis=0))
    ascending = jnp.all(written[1:] >= written[:-1])
    return 1.0 * (known & covered & ascending & (completion[num] == eos))

# %% wrong: a boolean | says: 1.0 or 0.0
def sorting_reward(completion, digits, eos):
    num = len(digits)
    return jnp.all(completion[:num] == jnp.sort(digits)) & (completion[num] == eos)

# %% wrong: an if | says: jnp.where
def sorting_reward(completion, digits, eos):
    num = len(digits)
    if jnp.all(completion[:num] == jnp.sort(digits)) and completion[num] == eos:
        return 1.0
    return 0.0

# %% wrong: Python's sorted | says: Under jax.jit
def sorting_reward(completion, digits, eos):
    wanted = sorted(int(digit) for digit in digits) + [eos]
    return 1.0 * jnp.all(jnp.asarray(completion)[: len(wanted)] == jnp.array(wanted))

# %% wrong: minus one for a mistake | says: otherwise 0
def sorting_reward(completion, digits, eos):
    num = len(digits)
    right = jnp.all(completion[:num] == jnp.sort(digits)) & (completion[num] == eos)
    return jnp.where(right, 1.0, -1.0)

# %% wrong: the sum of the digits
def sorting_reward(completion, digits, eos):
    num = len(digits)
    written = completion[:num]
    same = (jnp.sum(written) == jnp.sum(digits)) & (jnp.sum(written**2) == jnp.sum(digits**2))
    return 1.0 * (same & jnp.all(written[1:] >= written[:-1]) & (completion[num] == eos))

# %% wrong: returns nothing | says: return
def sorting_reward(completion, digits, eos):
    right = jnp.all(completion[: len(digits)] == jnp.sort(digits))
