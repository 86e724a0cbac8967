"""The measurements as a table for people and as JSON for programs."""

from typing import Any

from rich.console import Group
from rich.table import Table

from ccsd_app.benchmark.budgets import BUDGETS, Budget
from ccsd_app.benchmark.measured import Measurement, Measurements

NOT_MEASURED = Measurement(None, "not measured")


def as_table(findings: Measurements, machine: dict[str, Any]) -> Group:
    """A table of every budget and its measurement, with the remarks below it."""
    table = Table(title=machine_text(machine), title_justify="left")
    table.add_column("measured", no_wrap=True)
    for head in ("value", "budget", "goal"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    remarks = Table.grid(padding=(0, 2))
    for budget in BUDGETS:
        found = findings.get(budget.key, NOT_MEASURED)
        value = "–" if found.value is None else _number(found.value, budget.unit)
        table.add_row(
            budget.what,
            value,
            _bound(budget, budget.limit),
            _bound(budget, budget.goal),
            _result(budget, found),
        )
        if found.remark:
            remarks.add_row(budget.key, found.remark)
    return Group(table, remarks)


def as_json(findings: Measurements, machine: dict[str, Any]) -> dict[str, Any]:
    """The numbers by key, null where there is none, and the machine."""
    numbers = {
        budget.key: findings.get(budget.key, NOT_MEASURED).value
        for budget in BUDGETS
        if budget.in_json
    }
    return {**numbers, "machine": machine}


def machine_text(machine: dict[str, Any]) -> str:
    """The machine in one line of text."""
    arithmetic = "bf16" if machine["bf16"] else "fp32"
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads, "
        f"{arithmetic}, torch {machine['torch']}, {machine['os']}, on {machine['device']}"
    )


def _result(budget: Budget, found: Measurement) -> str:
    if found.value is None:
        return "not measured"
    met = budget.met(found.value)
    return "" if met is None else ("met" if met else "MISSED")


def _bound(budget: Budget, value: float | None) -> str:
    if value is None:
        return ""
    return f"{'≥' if budget.at_least else '≤'} {value:g} {budget.unit}"


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"
