"""Sandboxes with one mistake each, to prove that the conformance suite finds it.

Put in at the composition root (`serve --mutants`), where a lane names one by its id: `mutant.NAME.anything`. No other
line of the server knows them.
"""
