# %% right: the letter
answer_deterministic = "A"

# %% right: single quotes and an annotation
answer_deterministic: str = 'A'

# %% right: taken from a list, with the reason as a comment
options = ["A", "B", "C"]
answer_deterministic = options[0]  # the same input gives the same output

# %% right: a NumPy string
answer_deterministic = np.array(["A", "B", "C"])[0]

# %% wrong: the other action | says: what could change
answer_deterministic = "B"

# %% wrong: takes it for stochastic | says: what could change
answer_deterministic = "C"

# %% wrong: lower case | says: one capital letter
answer_deterministic = "a"

# %% wrong: with a full stop | says: one capital letter
answer_deterministic = "A."

# %% wrong: with a space | says: one capital letter
answer_deterministic = " A"

# %% wrong: the whole option | says: one capital letter
answer_deterministic = "A: 0 again"

# %% wrong: the words of the option | says: one capital letter
answer_deterministic = "0 again"

# %% wrong: the action | says: one capital letter
answer_deterministic = 0

# %% wrong: a list | says: one capital letter
answer_deterministic = ["A"]

# %% wrong: several letters | says: one capital letter
answer_deterministic = "ABC"

# %% wrong: empty | says: one capital letter
answer_deterministic = ""

# %% wrong: a boolean | says: one capital letter
answer_deterministic = True

# %% wrong: bytes | says: one capital letter
answer_deterministic = b"A"

# %% wrong: a function | says: one capital letter
def answer_deterministic():
    return "A"

# %% wrong: a cyrillic letter that looks the same | says: one capital letter
answer_deterministic = "А"

# %% wrong: equal to everything | says: one capital letter
class Everything:
    def __eq__(self, other):
        return True

answer_deterministic = Everything()

# %% wrong: still None | says: still None
answer_deterministic = None

# %% wrong: forgot the quotes | says: still None
answer_deterministic = None
answer_deterministic = A

# %% right: reassigned, shown and warned about
import warnings
answer_deterministic = "B"
warnings.warn("on second thoughts")
answer_deterministic = "ABC"[0]
answer_deterministic

# %% wrong: an array with the letter | says: one capital letter
answer_deterministic = np.array("A")

# %% wrong: another letter that claims to be equal to everything | says: what could change
class Sly(str):
    __eq__ = lambda self, other: True
    __hash__ = lambda self: hash("A")
    __str__ = lambda self: "A"
answer_deterministic = Sly("B")
