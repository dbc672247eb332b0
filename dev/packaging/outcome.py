"""The one way in which packaging says no."""


class PackageFailed(Exception):
    """What stands in the way of a package, in a sentence for the person who asked for one."""
