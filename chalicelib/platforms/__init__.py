"""TONGUES: one module per shop platform, each with the same two pure functions.

``verify(raw, headers, secrets)`` says whether the platform really sent these very bytes;
``translate(topic, raw, source, received_at)`` says what they mean, as a ``Translation``. Both are
total: whatever comes in, they answer and never raise. Tongues know foreign field names and
nothing else: no points, no tiers, no storage, no clock.
"""
