# %% right: counts the ends before each token
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(1, len(tokens))
    written = place >= prompt_length
    is_end = written & (tokens[1:] == eos)
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% right: the place of the first end
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    first = jnp.min(jnp.where((jnp.asarray(tokens) == eos) & (place >= prompt_length), place, len(tokens)))
    return ((place >= prompt_length) & (place <= first))[1:]

# %% right: argmax, with a look at whether there is an end
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    ends = (jnp.asarray(tokens) == eos) & (place >= prompt_length)
    last = jnp.where(jnp.any(ends), jnp.argmax(ends), len(tokens) - 1)
    return jnp.logical_and(place >= prompt_length, place <= last)[1:]

# %% right: a scan
def completion_mask(tokens, prompt_length, eos):
    def step(over, row):
        place, token = row
        counts = (place >= prompt_length) & ~over
        return over | (counts & (token == eos)), counts

    rows = jnp.arange(1, len(tokens)), jnp.asarray(tokens)[1:]
    return jax.lax.scan(step, jnp.bool_(False), rows)[1]

# %% right: a Python loop over the places
def completion_mask(tokens, prompt_length, eos):
    over, mask = False, []
    for place in range(1, len(tokens)):
        inside = (place >= prompt_length) & jnp.logical_not(over)
        mask.append(inside)
        over = over | (inside & (tokens[place] == eos))
    return jnp.array(mask)

# %% right: cumprod, jitted
@jax.jit
def completion_mask(tokens, prompt_length, eos):
    inside = jnp.arange(tokens.shape[0]) >= prompt_length
    not_ended = jnp.where(inside & (tokens == eos), 0, 1)
    before = jnp.concatenate([jnp.ones(1, int), jnp.cumprod(not_ended)[:-1]])
    return (inside & (before == 1))[1:]

# %% right: every pair of places
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    ends = (place >= prompt_length) & (jnp.asarray(tokens) == eos)
    ended_before = (ends[None, :] & (place[None, :] < place[:, None])).any(axis=1)
    return ((place >= prompt_length) & ~ended_before)[1:]

# %% wrong: off by one | says: entry t belongs to token t + 1
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens) - 1)
    written = place >= prompt_length
    is_end = written & (tokens[1:] == eos)
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% wrong: no shift at all | says: entry t belongs to token t + 1
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    written = place >= prompt_length
    is_end = written & (jnp.asarray(tokens) == eos)
    return (written & (jnp.cumsum(is_end) - is_end == 0))[:-1]

# %% wrong: the last token of the prompt counts | says: last token of the prompt
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(1, len(tokens))
    written = place >= prompt_length - 1
    is_end = (place >= prompt_length) & (tokens[1:] == eos)
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% wrong: the end is left out | says: the end token itself counts
def completion_mask(tokens, prompt_length, eos):
    written = jnp.arange(1, len(tokens)) >= prompt_length
    return written & (jnp.cumsum(written & (tokens[1:] == eos)) == 0)

# %% wrong: an end in the prompt counts | says: an end token in the prompt
def completion_mask(tokens, prompt_length, eos):
    written = jnp.arange(1, len(tokens)) >= prompt_length
    is_end = tokens[1:] == eos
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% wrong: no end | says: after the first end token
def completion_mask(tokens, prompt_length, eos):
    return jnp.arange(1, len(tokens)) >= prompt_length

# %% wrong: all but the ends | says: after the first end token
def completion_mask(tokens, prompt_length, eos):
    return (jnp.arange(1, len(tokens)) >= prompt_length) & (tokens[1:] != eos)

# %% wrong: until the last end | says: the first end token
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    last = jnp.max(jnp.where(jnp.asarray(tokens) == eos, place, -1))
    return ((place >= prompt_length) & (place <= last))[1:]

# %% wrong: argmax of nothing | says: without an end token
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    first = jnp.argmax((jnp.asarray(tokens) == eos) & (place >= prompt_length))
    return ((place >= prompt_length) & (place <= first))[1:]

# %% wrong: the prompt | says: the prompt, not the completion
def completion_mask(tokens, prompt_length, eos):
    return jnp.arange(1, len(tokens)) < prompt_length

# %% wrong: everything up to the end | says: the prompt counts too
def completion_mask(tokens, prompt_length, eos):
    is_end = (jnp.arange(1, len(tokens)) >= prompt_length) & (tokens[1:] == eos)
    return jnp.cumsum(is_end) - is_end == 0

# %% wrong: one for every token | says: shape
def completion_mask(tokens, prompt_length, eos):
    place = jnp.arange(len(tokens))
    written = place >= prompt_length
    is_end = written & (jnp.asarray(tokens) == eos)
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% wrong: zeros and ones | says: True and False
def completion_mask(tokens, prompt_length, eos):
    written = jnp.arange(1, len(tokens)) >= prompt_length
    is_end = written & (tokens[1:] == eos)
    return 1.0 * (written & (jnp.cumsum(is_end) - is_end == 0))

# %% wrong: a slice | says: jnp.arange
def completion_mask(tokens, prompt_length, eos):
    tokens = jnp.asarray(tokens)
    ends = tokens[prompt_length:] == eos
    after = jnp.cumsum(ends) - ends == 0
    return jnp.concatenate([jnp.zeros(prompt_length - 1, bool), after])

# %% wrong: the largest token for the end | says: `eos` is an argument
def completion_mask(tokens, prompt_length, eos):
    written = jnp.arange(1, len(tokens)) >= prompt_length
    is_end = written & (tokens[1:] == 11)
    return written & (jnp.cumsum(is_end) - is_end == 0)

# %% wrong: returns nothing | says: return
def completion_mask(tokens, prompt_length, eos):
    mask = jnp.arange(1, len(tokens)) >= prompt_length
