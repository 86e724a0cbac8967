"""Preparing a raw study: registered, skull-stripped, on one upright 1 mm grid.

study ──▶ scans ──▶ prepare ──▶ Prepared: images, brain, preparation.json ──▶ case of the model
                                    │
label maps on original grids ◀── back

Only necessary steps are done; `Adjustments` holds the user's decisions. Needs
SimpleITK and deepbet (`pip install 'ccsd[scanner]'`) if a step is necessary.
"""
