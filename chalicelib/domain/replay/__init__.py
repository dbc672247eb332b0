"""The time machine: a shop's own history, earned once more by another program.

::

    history   what customers did: orders and what came back of them
    walking   one member's months, by one program, with the evaluation of the books
    tally     what all members come to, month by month: adds up from any parts of the members
    comparing both programs side by side, and who wins and loses most
    report    the figures that a merchant reads; ``routes/replay_page`` shows them

Behaviour is held fixed: nobody buys more or less than they did. A member's state lives while that
member is walked, so memory does not grow with the number of orders. Pure, and nothing is stored.
"""
