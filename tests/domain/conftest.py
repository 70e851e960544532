"""How Hypothesis searches while the rules are mutated; see docs/mutation.md."""

from hypothesis import Phase, settings

# The same examples at every run, and the first that fails is enough: nobody reads a smaller one.
settings.register_profile(
    "mutants", derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)
