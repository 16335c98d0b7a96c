"""The pages of the rulebook: read an edition, write a draft in forms, publish it.

``fields`` and ``form`` are the form engine; ``books`` says for every book what can be written in it and in which words
it is asked; ``reading`` and ``differences`` tell an edition in plain words; ``views`` are the pages.
"""
