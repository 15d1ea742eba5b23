"""What to change, for errors that learners meet: what JAX, NumPy and Python say, in the course's words."""

import re

import jax

_AXIS = (
    "The second argument of jnp.max, jnp.min and jnp.sum is an axis. The larger of two numbers is jnp.maximum(a, b), "
    "the smaller one jnp.minimum(a, b)."
)

# By the exception's class, and by words in its message where there are any. First match wins.
_BY_CLASS = (
    (ZeroDivisionError, "", "Your code divides by zero. Which of the numbers that come in may be 0?"),
    (
        jax.errors.TracerBoolConversionError,
        "",
        "Under jax.jit values are not known yet, so Python's `if`, `while`, `and`, `or`, `not`, `max`, `min` and "
        "`sorted` cannot decide on them. Use jnp.where(condition, a, b) (or jax.lax.cond) for a choice, jnp.maximum, "
        "jnp.minimum and jnp.sort, and &, |, ~ to combine conditions. The opposite of a flag that may be 0.0 or 1.0 is "
        "1 - flag.",
    ),
    (
        jax.errors.TracerArrayConversionError,
        "",
        "A NumPy function was given a JAX value under jax.jit. Use its twin from jax.numpy, as jnp.dot for np.dot, "
        "and jax.random with the key for np.random.",
    ),
    (
        jax.errors.TracerIntegerConversionError,
        "",
        "Under jax.jit a value that is not known yet was used as a Python integer, as in range(n) or a_list[i]. "
        "Index a jnp array instead, or make the loop's length a fixed number.",
    ),
    (
        jax.errors.NonConcreteBooleanIndexError,
        "",
        "Under jax.jit an array cannot be indexed with a mask, because the result's size is not known. "
        "Use jnp.where(mask, a, b) instead.",
    ),
    (
        jax.errors.UnexpectedTracerError,
        "",
        "A value that only exists while JAX is tracing was kept and used later. Return it instead of storing it.",
    ),
    (
        jax.errors.ConcretizationTypeError,
        r"argument of jnp\.nonzero",
        "Under jax.jit nobody knows how many places jnp.where(condition) or jnp.nonzero will find. With three "
        "arguments, jnp.where(condition, a, b) chooses; jnp.argmax gives the place of the largest, or the first True.",
    ),
    (jax.errors.ConcretizationTypeError, "axis argument must be known", _AXIS),
    (
        jax.errors.ConcretizationTypeError,
        "",
        "Under jax.jit values are not known yet, so int(...), float(...), bool(...), .item() and math.log, "
        "math.exp, ... cannot read them. Leave the value a JAX array; its dtype changes with .astype(...).",
    ),
)

# By the message of an AttributeError, TypeError, ValueError or IndexError; what is found in it goes into the braces.
_SHAPE = r"(\([\d, ]*\))"
_ELEMENTWISE = (
    "Arrays of shapes {} and {} do not fit together element by element. Counted from the last axis, lengths must be "
    "equal or 1."
)
_PRODUCT = (
    "dot and @ need the last axis of the first array to be as long as the first axis of the second. Here the lengths "
    "are {} and {}."
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
        r"setting an array element with a sequence|^choice requires ndarray",
        "NumPy cannot make one array of parts of different shapes, such as transitions. Draw places with "
        "rng.choice(len(memory), ...), take the transitions that are there, and stack each field on its own.",
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
        r"true_fun and false_fun arguments should be callable",
        "jax.lax.cond takes two functions, and after them what to call one of them with: "
        "jax.lax.cond(condition, lambda a, b: a, lambda a, b: b, a, b). For a choice between two arrays, jnp.where is "
        "enough.",
    ),
    (
        r"scan body output must be a pair",
        "The function that jax.lax.scan calls returns two things, `return new_carry, output`: what the next step gets, "
        "and what is kept of this one. The two may be the same.",
    ),
    (
        r"carry input and carry output must have|body_fun output and input must have",
        "What a loop like jax.lax.scan carries along must keep its shape and dtype; to add floats, start from 0.0.",
    ),
    (
        r"does not accept dtypes .*key<|dtype=key<",
        "A key is not a number to calculate with. Draw from it: jax.random.uniform(key), jax.random.randint(key, ...). "
        "Or are the arguments in another order than in the exercise's `def` line?",
    ),
    (
        r"vmap got inconsistent sizes|vmap was requested to map its argument along axis",
        "jax.vmap runs over the first axis of every argument, so all need one, of the same length; in_axes=None marks "
        "those that are the same for all.",
    ),
    (
        r"arrays can be converted to Python scalars",
        "float(...) and int(...) take a single number, but they got an array. Leave it an array.",
    ),
    (
        r"can't set attribute",
        "A NamedTuple cannot be changed. old._replace(name=value) gives a changed copy; return that.",
    ),
    (
        r"'(?:list|tuple)' object has no attribute '(?:shape|dtype|sum|mean|max|min|std|at|astype|T)'",
        "This is a list or tuple, and only arrays can do that. Make one of it with np.array(...) or jnp.array(...).",
    ),
    (
        r"[Aa]rray\w*' object has no attribute '(?:append|extend|insert|pop)'",
        "An array has a fixed length. Collect in a list, and make one array at the end with jnp.stack or jnp.array.",
    ),
    (
        r"'dict' object has no attribute '(?!shape|dtype|append|mean|sum|max|min|astype|at|T)(\w+)'",
        'Parameters in a dict are taken out by their name in brackets, params["{}"].',
    ),
    (r"NoneType", "Something is None here, such as what comes from a function without a `return`."),
    (r"for \^: |bitwise_xor|^xor does not accept", "In Python ^ is not a power. Write x ** 2 for the square of x."),
    (
        r"'zip'|must be passed as a \"sequence\" type",
        "zip gives neither a list nor an array. To take a list of transitions apart, name the fields that zip(*batch) "
        "gives, and stack each of them.",
    ),
    (
        r"operand type.* for .*'dict'|got <class 'dict'>",
        "You cannot calculate with a dict of parameters as a whole. jax.tree.map(lambda a, b: ..., first, second) "
        "goes through its arrays.",
    ),
    (
        r"operand type.* for .*'(?:list|tuple)'|multiply sequence by non-int",
        "You cannot calculate with a list as a whole. Make an array of it, with np.array(...) or jnp.array(...).",
    ),
    (
        r"invalid PRNG key data|unexpected PRNG key type",
        "The first argument of a jax.random function is a key, but here something else comes first: "
        "jax.random.categorical(key, logits), jax.random.uniform(key, shape).",
    ),
    (
        r"(?:too many|not enough) values to unpack",
        "There are more or fewer names on the left of = than values on the right. env.reset gives two, obs and "
        "info; env.step gives five: obs, reward, terminated, truncated, info.",
    ),
    (
        r"^randint\(\) missing",
        "jax.random.randint(key, shape, minval, maxval) wants all four; the shape () is a single number.",
    ),
    (
        r"(?:lambda>|\w+)\(\) (?:takes|missing|got) .*?(?:argument|keyword)",
        "A function was called with other arguments than it takes. If it is the exercise's own, leave its `def` line "
        "as it was given. One that jax.lax.scan, jax.lax.cond or jax.vmap calls must take as many as these hand it: "
        "that of a scan takes two, what is carried along and the step's input.",
    ),
    (
        r"truth value of an array",
        "An array of several numbers is neither true nor false. Ask x.any(), x.all() or len(x) == 0; for the larger of "
        "each pair of entries write np.maximum(a, b) and not max(a, b).",
    ),
    (
        r"index out of range|is out of bounds for axis",
        "An index goes beyond the end. The last of n entries has the index n - 1, and where nothing is stored or found "
        "there is none.",
    ),
    (
        rf"could not broadcast input array from shape {_SHAPE} into shape {_SHAPE}",
        "An array of shape {} was put into a place of shape {}. Make room for whatever shape comes in.",
    ),
    (
        r"'float' object is not iterable|nly integer scalar arrays|'float' object cannot be interpreted as an integer",
        f"Something else was given where an axis, an index or a list is wanted. {_AXIS}",
    ),
    (
        r"axis -?\d+ is out of bounds for array of dimension 0",
        f"A single number has no axes: the array has fewer axes than your code asks for. {_AXIS}",
    ),
    (
        r"is out of bounds for array of dimension|Too many indices|object of type .* has no len\(\)|unsized object"
        r"|over a 0-d array",
        "The array has fewer axes than your code asks for. Look at the shapes in the docstring: this may be one item "
        "where you expected a batch, or a single number where you expected a list.",
    ),
    (
        r"bad operand type for unary ~|operand type\(s\) for [|&]|ufunc '(?:invert|bitwise_\w+)' not"
        r"|does not accept dtype bool|\b(?:and|or|not) does not accept|`which` must be boolean",
        "&, | and ~ only take booleans and whole numbers, - only numbers. Flags such as terminated may be booleans or "
        "the floats 0 and 1; jnp.asarray(flag, bool) or jnp.asarray(flag, float) makes them what you need. Comparisons "
        "need brackets: (a > 0) & (b > 0).",
    ),
    (
        r"^Non-hashable static arguments",
        "Every argument may be traced here, so leave out static_argnums and static_argnames.",
    ),
)


def advise(error: BaseException) -> str:
    """What to change, if `error` is one of the errors we know; otherwise empty."""
    text = str(error)[:2000]
    for kind, pattern, advice in _BY_CLASS:
        if isinstance(error, kind) and re.search(pattern, text):
            return advice
    if not isinstance(error, (AttributeError, TypeError, ValueError, IndexError)):
        return ""
    for pattern, advice in _BY_MESSAGE:
        if found := re.search(pattern, text, re.S):
            return advice.format(*(_brackets(detail) for detail in found.groups()))
    return ""


def _brackets(shape: str) -> str:
    """A shape as the course writes it, `[3, 4]` for `(3, 4)`; other words as they are."""
    return f"[{', '.join(re.findall(r'[0-9]+', shape))}]" if shape.startswith("(") else shape
