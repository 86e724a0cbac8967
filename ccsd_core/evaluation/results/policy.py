"""The policy of a score: the convention of its metric, and the post-processing rules of the output.

    empty truth: 1 if the prediction is empty, else 0; post-processing: within_images, nested
    └──────────── the metric's own ─────────────────┘  └──────────── the rules ──────────────┘

`scores.csv` contains it, so that a difference in either part is noticed when two evaluations are
compared.
"""

NOT_KNOWN = "not known"
"""Text for unknown rules, for example of a folder of label maps."""
_BEFORE_RULES = "; post-processing: "


def policy_with_rules(rules: str, metric_policy: str) -> str:
    """The policy of a metric's scores of an output under post-processing rules, as text."""
    return f"{metric_policy}{_BEFORE_RULES}{rules}"


def rules_of(policy: str) -> str:
    """The post-processing rules; `NOT_KNOWN` if the policy does not state them.

    >>> rules_of(policy_with_rules("nested", "empty truth: nan")), rules_of("empty truth: nan")
    ('nested', 'not known')
    """
    return policy.partition(_BEFORE_RULES)[2] or NOT_KNOWN


def policy_of_metric(policy: str) -> str:
    """The part of the metric.

    >>> policy_of_metric(policy_with_rules("nested", "empty truth: nan"))
    'empty truth: nan'
    """
    return policy.partition(_BEFORE_RULES)[0]
