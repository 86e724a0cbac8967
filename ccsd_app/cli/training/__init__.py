"""Parts of `train`: the dry run, its end when it is interrupted, the list of cases."""
