"""The program document: what a shop promises its members, and how that is computed.

::

    JSON ─ validation.check ─→ Checked(errors, warnings, Program)          once per save
    Program ─ compiled.compile_program ─→ CompiledProgram                  once per version
    CompiledProgram + Occasion + Terms ─ earning.evaluate ─→ Award         per order, microseconds
             + Standing ─ tiers ─→ Move     + Counters ─ caps ─→ room      + facts ─ rewards ─→ no

Types: ``document`` (what merchants write), ``occasion`` (what the ledger hands in and gets back).
Everything is pure: no clock, no storage, no ledger; times come in as arguments. ``language: 1``
never changes its results, because refunds run old versions again for ever.
"""
