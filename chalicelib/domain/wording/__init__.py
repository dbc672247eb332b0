"""Wording: sentences from codes, in the reader's language. Nothing here decides anything.

::

    Entry           ─ sentences.entry_sentence ─→ what a member reads in the history
    Document        ─ sentences.document_sentence ─→ what staff read: what happened, and why
    TraceRow        ─ sentences.trace_sentence ─→ one step of that why
    count and unit  ─ points.points_text ─→ "1,234 points"

The books keep codes; sentences are made when they are read, so a better wording reaches old
entries too. Words of the program (rewards, tiers, units) come in as ``Names``; texts are plain
(no markup, nothing escaped). A locale is a BCP 47 tag that the caller has agreed on with the
program's locales; a language without a table here is answered in English.
"""
