# %% right: the letter
answer_stochastic = "C"

# %% right: computed
answer_stochastic = "c".upper()

# %% right: from a dictionary
answer_stochastic = {"0 again": "A", "1": "B", "you cannot say": "C"}["you cannot say"]

# %% right: single quotes
answer_stochastic = 'C'

# %% wrong: takes it for deterministic | says: dice have no memory
answer_stochastic = "A"

# %% wrong: the gambler's fallacy | says: dice have no memory
answer_stochastic = "B"

# %% wrong: lower case | says: one capital letter
answer_stochastic = "c"

# %% wrong: the whole option | says: one capital letter
answer_stochastic = "C: you cannot say"

# %% wrong: with brackets | says: one capital letter
answer_stochastic = "(C)"

# %% wrong: two letters | says: one capital letter
answer_stochastic = "AB"

# %% wrong: a letter that is no option | says: one capital letter
answer_stochastic = "D"

# %% wrong: the position | says: one capital letter
answer_stochastic = 3

# %% wrong: a tuple, by a stray comma | says: one capital letter
answer_stochastic = "C",

# %% wrong: a set of all three | says: one capital letter
answer_stochastic = {"A", "B", "C"}

# %% wrong: a line break | says: one capital letter
answer_stochastic = "C\n"

# %% wrong: still None | says: still None
answer_stochastic = None

# %% wrong: never assigned | says: is not defined
answer_stochastik = "C"
del answer_stochastic
