# %% wrong: A | says: Go through the probes one by o
diagnosis_4 = "A"
# %% right: the letter
diagnosis_4 = "H"
# %% right: single quotes
diagnosis_4 = 'H'
# %% right: computed
diagnosis_4 = "h".upper()
# %% right: from a list
diagnosis_4 = list("ABCDEFGH")[7]
# %% wrong: B | says: Go through the probes one by o
diagnosis_4 = "B"
# %% wrong: C | says: Go through the probes one by o
diagnosis_4 = "C"
# %% wrong: D | says: Go through the probes one by o
diagnosis_4 = "D"
# %% wrong: E | says: Go through the probes one by o
diagnosis_4 = "E"
# %% wrong: F | says: Go through the probes one by o
diagnosis_4 = "F"
# %% wrong: G | says: Go through the probes one by o
diagnosis_4 = "G"
# %% wrong: lower case | says: one capital letter
diagnosis_4 = "h"
# %% wrong: two letters | says: one capital letter
diagnosis_4 = "HA"
# %% wrong: with its words | says: one capital letter
diagnosis_4 = "H: because"
# %% wrong: no option | says: one capital letter
diagnosis_4 = "I"
# %% wrong: a number | says: one capital letter
diagnosis_4 = 8
# %% wrong: a tuple, by a stray comma | says: one capital letter
diagnosis_4 = "H",
# %% wrong: still None | says: still None
diagnosis_4 = None
