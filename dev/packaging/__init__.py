"""What is deployed, made from what is here: the zip of the function and its template.

``template`` (with ``gateway`` and ``alarms``) says what Chalice cannot; ``project``, ``wheels`` and
``archive`` make the zip; ``build`` does it all in a folder of its own. Nothing here is shipped.
"""
