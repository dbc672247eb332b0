"""Static files of the program in a folder: what the local server has for a bucket."""

from pathlib import Path

from chalicelib.domain.program.pages import Page


class FolderPages:
    """Files below a folder; headers have no place there."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made when the first file comes."""
        self._folder = folder

    def put(self, page: Page) -> None:
        """Write one file."""
        path = self._folder / page.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.body)
