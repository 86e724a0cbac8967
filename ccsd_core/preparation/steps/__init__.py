"""The steps of a preparation: generators that report progress and record what was done."""
