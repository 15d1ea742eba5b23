# %% wrong: A | says: The first failure is that two
diagnosis_1 = "A"
# %% right: the letter
diagnosis_1 = "C"
# %% right: single quotes
diagnosis_1 = 'C'
# %% right: computed
diagnosis_1 = "c".upper()
# %% right: from a list
diagnosis_1 = list("ABCDEFGH")[2]
# %% wrong: B | says: The first failure is that two
diagnosis_1 = "B"
# %% wrong: D | says: The first failure is that two
diagnosis_1 = "D"
# %% wrong: E | says: The first failure is that two
diagnosis_1 = "E"
# %% wrong: F | says: The first failure is that two
diagnosis_1 = "F"
# %% wrong: G | says: The first failure is that two
diagnosis_1 = "G"
# %% wrong: H | says: The first failure is that two
diagnosis_1 = "H"
# %% wrong: lower case | says: one capital letter
diagnosis_1 = "c"
# %% wrong: two letters | says: one capital letter
diagnosis_1 = "CA"
# %% wrong: with its words | says: one capital letter
diagnosis_1 = "C: because"
# %% wrong: no option | says: one capital letter
diagnosis_1 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_1 = 3
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_1 = "C",
# %% wrong: still None | says: still None
diagnosis_1 = None
