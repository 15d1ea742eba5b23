# %% wrong: A | says: What needs no future is right,
diagnosis_5 = "A"
# %% right: the letter
diagnosis_5 = "D"
# %% right: single quotes
diagnosis_5 = 'D'
# %% right: computed
diagnosis_5 = "d".upper()
# %% right: from a list
diagnosis_5 = list("ABCDEFGH")[3]
# %% wrong: B | says: What needs no future is right,
diagnosis_5 = "B"
# %% wrong: C | says: What needs no future is right,
diagnosis_5 = "C"
# %% wrong: E | says: What needs no future is right,
diagnosis_5 = "E"
# %% wrong: F | says: What needs no future is right,
diagnosis_5 = "F"
# %% wrong: G | says: What needs no future is right,
diagnosis_5 = "G"
# %% wrong: H | says: What needs no future is right,
diagnosis_5 = "H"
# %% wrong: lower case | says: one capital letter
diagnosis_5 = "d"
# %% wrong: two letters | says: one capital letter
diagnosis_5 = "DA"
# %% wrong: with its words | says: one capital letter
diagnosis_5 = "D: because"
# %% wrong: no option | says: one capital letter
diagnosis_5 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_5 = 4
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_5 = "D",
# %% wrong: still None | says: still None
diagnosis_5 = None
