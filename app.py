"""The function that API Gateway calls: Chalice with every door hung: routes and schedules.

No logic lives here. ``chalicelib/__init__.py`` is the map of the house.
"""

from chalice.app import Chalice

from chalicelib.jobs import schedules
from chalicelib.routes.all_doors import hang

app = Chalice(app_name="laurel", configure_logs=False)
hang(app)
schedules.hang(app)
