"""Which sequence a series is, told from its headers, with the reason in a sentence."""
