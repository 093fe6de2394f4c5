"""How good the models are: what each claims, on which later period, beside what, what it replaced, and how it has held since."""
