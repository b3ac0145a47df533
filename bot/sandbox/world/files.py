"""Uploaded files: each is stored once, and found by an id like Telegram's."""

import hashlib
import re

from bot.sandbox.records import StoredFile

FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice"}
LARGEST_UPLOAD = 50_000_000
LARGEST_PHOTO = 10_000_000
LARGEST_DOWNLOAD = 20_000_000


class FileStore:
    """Files of all chats, by the ids that the bot and the page know."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._by_unique_id: dict[str, StoredFile] = {}

    def store(self, kind: str, content: bytes, name: str, mime: str, duration: int = 0) -> StoredFile:
        """Store the bytes. The same bytes sent as the same kind get the same ids, so an id stays valid."""
        # The name is part of it: the same bytes under another name are another document.
        digest = hashlib.sha256(f"{kind}\0{name}\0".encode() + content).hexdigest()
        file_id = f"{kind[:2].upper()}AAC{digest[:48]}"
        if file_id not in self._by_id:
            # The ending goes into a path and a URL, so nothing but letters and digits stays.
            ending = re.sub(r"[^A-Za-z0-9]", "", name.rpartition(".")[2])[:8] if "." in name else "bin"
            path = f"{FOLDERS[kind]}/file_{len(self._by_id)}.{ending}"
            stored = StoredFile(file_id, f"AQAD{digest[:12]}", path, content, name, mime, duration)
            self._by_id[file_id] = self._by_path[path] = self._by_unique_id[stored.unique_id] = stored
        return self._by_id[file_id]

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def find_by_unique_id(self, unique_id: str) -> StoredFile | None:
        return self._by_unique_id.get(unique_id)

    def find_by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)
