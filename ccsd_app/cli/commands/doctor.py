"""Check this installation: versions, device, OpenGL, system packages; advise what to do."""

import typer

from ccsd_app.cli.console import show


def doctor() -> None:
    """Print what is installed and what is missing.

    Raises:
        Exit: With code 1 if something essential is missing.
    """
    from ccsd_app.cli.checkup import Status, checks

    findings = [finding for check in checks() for finding in check()]
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        show(f"{finding.status.value:<7} {finding.name:<{width}}  {finding.text}")
    advice = [finding.advice for finding in findings if finding.advice]
    if advice:
        show("\nWhat to do:")
        for line in advice:
            show(f"  {line}")
    else:
        show("\nNo problem found.")
    if any(finding.status is Status.BROKEN for finding in findings):
        raise typer.Exit(1)
