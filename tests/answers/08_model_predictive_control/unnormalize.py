# %% right: unpacked
def unnormalize(x, normalizer):
    mean, std = normalizer
    return x * std + mean

# %% right: compiled, and prints
@jax.jit
def unnormalize(x, normalizer):
    print(x.shape)
    return jnp.add(jnp.multiply(normalizer.std, x), normalizer.mean)

# %% right: divides by the inverse
def unnormalize(x, normalizer):
    return x / (1.0 / normalizer.std) + normalizer.mean

# %% right: brackets and all
def unnormalize(x, normalizer):
    return (x + normalizer.mean / normalizer.std) * normalizer.std

# %% wrong: normalises | says: this is the way back
def unnormalize(x, normalizer):
    return (x - normalizer.mean) / normalizer.std

# %% wrong: adds first | says: undo the last thing
def unnormalize(x, normalizer):
    return (x + normalizer.mean) * normalizer.std

# %% wrong: subtracts | says: add the mean
def unnormalize(x, normalizer):
    return x * normalizer.std - normalizer.mean

# %% wrong: no mean | says: the mean is missing
def unnormalize(x, normalizer):
    return x * normalizer.std

# %% wrong: no std | says: standard deviation is missing
def unnormalize(x, normalizer):
    return x + normalizer.mean

# %% wrong: divides | says: multiply
def unnormalize(x, normalizer):
    return x / normalizer.std + normalizer.mean

# %% wrong: swapped | says: swapped
def unnormalize(x, normalizer):
    return x * normalizer.mean + normalizer.std

# %% wrong: changes nothing | says: as it was
def unnormalize(x, normalizer):
    return x

# %% wrong: works in place on NumPy arrays | says: x was modified
def unnormalize(x, normalizer):
    x *= normalizer.std
    x += normalizer.mean
    return x

# %% wrong: NumPy under jit | says: jax.numpy
def unnormalize(x, normalizer):
    return np.array(x) * np.array(normalizer.std) + np.array(normalizer.mean)

# %% wrong: the first column's numbers for all | says: first column's
def unnormalize(x, normalizer):
    return x * normalizer.std[0] + normalizer.mean[0]

# %% wrong: the variance | says: not by its square
def unnormalize(x, normalizer):
    return x * normalizer.std**2 + normalizer.mean

# %% wrong: only one row | says: not to rows
def unnormalize(x, normalizer):
    return jnp.stack([x[d] * normalizer.std[d] + normalizer.mean[d] for d in range(len(normalizer.mean))])
# %% wrong: cuts off at 10 standard deviations | says: nothing is clipped
def unnormalize(x, normalizer):
    return normalizer.mean + normalizer.std * jnp.clip(x, -10.0, 10.0)
# %% wrong: takes small columns for constant | says: however small
def unnormalize(x, normalizer):
    return normalizer.mean + jnp.maximum(normalizer.std, 1e-3) * x
