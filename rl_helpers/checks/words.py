"""Exceptions from a learner's code in words: what JAX, NumPy and Python say, where it happened, and what to change."""

import builtins
import contextlib
import linecache
import re

import jax

# By the exception's class. First match wins.
_BY_CLASS = (
    (
        jax.errors.TracerBoolConversionError,
        "Under jax.jit values are not known yet, so Python's `if`, `while`, `and`, `or` and `not` cannot decide on "
        "them. Use jnp.where(condition, a, b) (or jax.lax.cond) for a choice, and &, |, ~ to combine conditions.",
    ),
    (
        jax.errors.TracerArrayConversionError,
        "A NumPy function was given a JAX value under jax.jit. Use its twin from jax.numpy, jnp.dot for np.dot, and "
        "jax.random with the key for np.random.",
    ),
    (
        jax.errors.TracerIntegerConversionError,
        "Under jax.jit a value that is not known yet was used as a Python integer, as in range(n) or a_list[i]. "
        "Index a jnp array instead, or make the loop's length a fixed number.",
    ),
    (
        jax.errors.NonConcreteBooleanIndexError,
        "Under jax.jit an array cannot be indexed with a mask, because the result's size is not known. "
        "Use jnp.where(mask, a, b) instead.",
    ),
    (
        jax.errors.UnexpectedTracerError,
        "A value that only exists while JAX is tracing was kept and used later. Return it instead of storing it.",
    ),
    (
        jax.errors.ConcretizationTypeError,
        "Under jax.jit values are not known yet, so int(...), float(...), bool(...), .item() and math.log, "
        "math.exp, ... cannot read them. Leave the value a JAX array; its dtype changes with .astype(...).",
    ),
)

# By the message of a TypeError, ValueError or IndexError; the shapes and dtypes found in it go into the braces.
_SHAPE = r"(\([\d, ]*\))"
_ELEMENTWISE = (
    "Arrays of shapes {} and {} do not fit together element by element. Counted from the last axis, lengths must be "
    "equal or 1."
)
_PRODUCT = (
    "dot and @ need the last axis of the first array as long as the first axis of the second. Here the lengths are {} "
    "and {}."
)
_BY_MESSAGE = (
    (rf"incompatible shapes for broadcasting: {_SHAPE}, {_SHAPE}", _ELEMENTWISE),
    (rf"Incompatible shapes for broadcasting: shapes=\[{_SHAPE}, {_SHAPE}\]", _ELEMENTWISE),
    (rf"could not be broadcast together with shapes {_SHAPE} {_SHAPE}", _ELEMENTWISE),
    (r"contracting dimensions to have the same shape, got \((\d+),?\) and \((\d+),?\)", _PRODUCT),
    (r"not aligned: (\d+) \(dim \d+\) != (\d+)", _PRODUCT),
    (r"mismatch in its core dimension .*size (\d+) is different from (\d+)", _PRODUCT),
    (
        rf"Gradient only defined for scalar-output functions. Output had shape: {_SHAPE}",
        "A loss must be a single number to have a gradient, and yours has shape {}. Pick the entry that counts, or "
        "take the mean.",
    ),
    (
        r"grad requires real-valued outputs .* got (\w+)",
        "A loss must be a float to have a gradient, and yours is {}. Leave out int(...), .astype(int), round, argmax.",
    ),
    (
        r"grad requires real- or complex-valued inputs .* got (\w+)",
        "jax.grad works with respect to floats, and this argument is {}. Write 3.0 for 3, or use .astype(float).",
    ),
    (
        r"must be of integer (?:\(or boolean\) )?type|Indexer must have integer|only integers, slices",
        "An index must be an integer, and this one is not. Turn it into one with .astype(int).",
    ),
    (
        r"Slice entries must be static integers|slice indices must have static",
        "Under jax.jit the ends of a slice must be known beforehand. Compare places instead: jnp.arange(n) >= start is "
        "a mask of what a slice from start would take.",
    ),
    (
        r"JAX arrays are immutable",
        "A JAX array cannot be changed in place. x.at[i].set(value) gives a changed copy.",
    ),
    (
        r"requires ndarray or scalar arguments, got <class '(?:list|tuple)'>|Using a non-tuple sequence for",
        "jax.numpy takes arrays where NumPy also takes lists. Wrap the list in jnp.array(...).",
    ),
    (
        r"cond branches must have equal output types|branch outputs must have",
        "Both branches of jax.lax.cond must return the same shapes and dtypes; 1 and 1.0 are of different dtypes.",
    ),
    (
        r"carry input and carry output must have|body_fun output and input must have",
        "What a loop like jax.lax.scan carries along must keep its shape and dtype; to add floats, start from 0.0.",
    ),
    (
        r"does not accept dtypes .*key<",
        "A key is not a number to calculate with. Draw from it: jax.random.uniform(key), jax.random.randint(key, ...).",
    ),
    (
        r"vmap got inconsistent sizes|vmap was requested to map its argument along axis",
        "jax.vmap runs over the first axis of every argument, so all need one, of the same length; in_axes=None marks "
        "those that are the same for all.",
    ),
    (
        r"is out of bounds for array of dimension|Too many indices|object of type .* has no len\(\)|over a 0-d array",
        "The array has fewer axes than your code asks for. Look at the shapes in the docstring: this may be one item "
        "where you expected a batch, or a single number where you expected a list.",
    ),
    (
        r"bad operand type for unary ~|operand type\(s\) for [|&]|ufunc 'invert' not|does not accept dtype bool",
        "Flags such as terminated may be booleans or the floats 0 and 1, and ~, | and & only take booleans, - only "
        "numbers. jnp.asarray(flag, bool) or jnp.asarray(flag, float) makes them what you need.",
    ),
    (
        r"^Non-hashable static arguments",
        "Every argument may be traced here, so leave out static_argnums and static_argnames.",
    ),
)


def advise(error: BaseException) -> str:
    """What to change, if `error` is one of the errors we know; otherwise empty."""
    for kind, advice in _BY_CLASS:
        if isinstance(error, kind):
            return advice
    if not isinstance(error, (TypeError, ValueError, IndexError)):
        return ""
    for pattern, advice in _BY_MESSAGE:
        if found := re.search(pattern, str(error)[:2000], re.S):
            return advice.format(*(_brackets(detail) for detail in found.groups()))
    return ""


def _brackets(shape: str) -> str:
    """A shape as the course writes it, `[3, 4]` for `(3, 4)`; other words as they are."""
    return f"[{', '.join(re.findall(r'[0-9]+', shape))}]" if shape.startswith("(") else shape


def explain(error: Exception, name: str, notebook: tuple[dict, str]) -> tuple[str, bool]:
    """An exception from the learner's code as a message with the learner's line, and whether it says what to do."""
    where = _learner_line(error, *notebook)
    text = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if advice := advise(error):
        said = (
            "" if type(error).__module__.startswith("jax") else f"\n  Python said {type(error).__name__}: {clip(text)}"
        )
        return f"{name}: {advice}{where}{said}", True
    if isinstance(error, NameError) and not where:
        return f"{name}: {text}. Did the cell that defines it run, and is the name spelled as given?", True
    return f"{name} raised {type(error).__name__}: {clip(text)}{where}", False


def told(error: BaseException) -> str:
    """What may be told to others of how a check ended, one line: the course's sentence, and of an exception from the
    learner's code the advice that we have, or its kind. Never code, text of an exception, or anything in quotes."""
    said = ""
    with contextlib.suppress(Exception):  # a learner's exception may do anything when it is asked for its text
        said = getattr(error, "told", "") or advise(error)
    if not isinstance(said, str) or not said.strip():
        kind = next(kind for kind in type(error).__mro__ if kind is vars(builtins).get(kind.__name__))
        return f"Your code raised {kind.__name__}."
    line = said.strip().split("\n")[0]
    return clip(_FOREIGN.sub("…", line))


# What a value that a check quotes may hold: strings, which have quotes around them, and paths.
_FOREIGN = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|\S*[/\\]\S+""")


def _learner_line(error: Exception, namespace: dict, own_file: str) -> str:
    """The last line of notebook code, other than the check's own cell, that the exception passed through."""
    found = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if traceback.tb_frame.f_globals is namespace and code.co_filename != own_file:
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            found = f"\n  It happened here, in line {traceback.tb_lineno} of your cell: {line}" if line else ""
        traceback = traceback.tb_next
    return found


def clip(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
