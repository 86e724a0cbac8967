"""Preparing a raw study: registered, skull-stripped, on one upright 1 mm grid.

study ──▶ scans ──▶ prepare ──▶ Prepared: images, brain, preparation.json ──▶ case of the model
                                    │
label maps on original grids ◀── back

Steps are done only where they are needed; `Adjustments` holds the user's decisions. Needs
SimpleITK and deepbet (`pip install 'ccsd[scanner]'`) where there is something to do.
"""
