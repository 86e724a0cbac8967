"""What can be wrong with the real patients that are to be mixed."""

from ccsd_core.errors import BadInputError


class PoolError(BadInputError):
    """Real patients that cannot be mixed from; the message says why and what would do."""
