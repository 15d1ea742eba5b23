# %% wrong: B | says: Only what comes after a step t
diagnosis_2 = "B"
# %% right: the letter
diagnosis_2 = "A"
# %% right: single quotes
diagnosis_2 = 'A'
# %% right: computed
diagnosis_2 = "a".upper()
# %% right: from a list
diagnosis_2 = list("ABCDEFGH")[0]
# %% wrong: C | says: Only what comes after a step t
diagnosis_2 = "C"
# %% wrong: D | says: Only what comes after a step t
diagnosis_2 = "D"
# %% wrong: E | says: Only what comes after a step t
diagnosis_2 = "E"
# %% wrong: F | says: Only what comes after a step t
diagnosis_2 = "F"
# %% wrong: G | says: Only what comes after a step t
diagnosis_2 = "G"
# %% wrong: H | says: Only what comes after a step t
diagnosis_2 = "H"
# %% wrong: lower case | says: one capital letter
diagnosis_2 = "a"
# %% wrong: two letters | says: one capital letter
diagnosis_2 = "AB"
# %% wrong: with its words | says: one capital letter
diagnosis_2 = "A: because"
# %% wrong: no option | says: one capital letter
diagnosis_2 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_2 = 1
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_2 = "A",
# %% wrong: still None | says: still None
diagnosis_2 = None
