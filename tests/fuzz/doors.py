"""All doors by name."""

from tests.fuzz.chat_door import ChatDoor, WebhookDoor
from tests.fuzz.door import Door
from tests.fuzz.file_doors import ConfigDoor, JourneyDoor, MappingDoor, TableDoor
from tests.fuzz.http_doors import CustomersDoor, EventsDoor

_ALL = (EventsDoor, CustomersDoor, WebhookDoor, ChatDoor, JourneyDoor, MappingDoor, TableDoor, ConfigDoor)
DOORS: dict[str, type[Door]] = {door.name: door for door in _ALL}
