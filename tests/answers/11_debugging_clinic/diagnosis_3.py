# %% wrong: A | says: Two observations got one value
diagnosis_3 = "A"
# %% right: the letter
diagnosis_3 = "F"
# %% right: single quotes
diagnosis_3 = 'F'
# %% right: computed
diagnosis_3 = "f".upper()
# %% right: from a list
diagnosis_3 = list("ABCDEFGH")[5]
# %% wrong: B | says: Two observations got one value
diagnosis_3 = "B"
# %% wrong: C | says: Two observations got one value
diagnosis_3 = "C"
# %% wrong: D | says: Two observations got one value
diagnosis_3 = "D"
# %% wrong: E | says: Two observations got one value
diagnosis_3 = "E"
# %% wrong: G | says: Two observations got one value
diagnosis_3 = "G"
# %% wrong: H | says: Two observations got one value
diagnosis_3 = "H"
# %% wrong: lower case | says: one capital letter
diagnosis_3 = "f"
# %% wrong: two letters | says: one capital letter
diagnosis_3 = "FA"
# %% wrong: with its words | says: one capital letter
diagnosis_3 = "F: because"
# %% wrong: no option | says: one capital letter
diagnosis_3 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_3 = 6
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_3 = "F",
# %% wrong: still None | says: still None
diagnosis_3 = None
