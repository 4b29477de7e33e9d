"""The GPT demo: a small language model, written with scalars, learns to invent names of villages."""
