# %% wrong: A | says: The values are right where onl
diagnosis_6 = "A"
# %% right: the letter
diagnosis_6 = "G"
# %% right: single quotes
diagnosis_6 = 'G'
# %% right: computed
diagnosis_6 = "g".upper()
# %% right: from a list
diagnosis_6 = list("ABCDEFGH")[6]
# %% wrong: B | says: The values are right where onl
diagnosis_6 = "B"
# %% wrong: C | says: The values are right where onl
diagnosis_6 = "C"
# %% wrong: D | says: The values are right where onl
diagnosis_6 = "D"
# %% wrong: E | says: The values are right where onl
diagnosis_6 = "E"
# %% wrong: F | says: The values are right where onl
diagnosis_6 = "F"
# %% wrong: H | says: The values are right where onl
diagnosis_6 = "H"
# %% wrong: lower case | says: one capital letter
diagnosis_6 = "g"
# %% wrong: two letters | says: one capital letter
diagnosis_6 = "GA"
# %% wrong: with its words | says: one capital letter
diagnosis_6 = "G: because"
# %% wrong: no option | says: one capital letter
diagnosis_6 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_6 = 7
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_6 = "G",
# %% wrong: still None | says: still None
diagnosis_6 = None
