"""A server of files on loopback, with ranges and marks as large hosts have them, and faults on demand.

`FileServer(files)`; `faults[path]` is a list of what to do at the next requests, in order: "429", "429 3600" (with
Retry-After), "500", "503", "cut" (a third of the file, then nothing), "slow", "html", "other" (the file has changed).
"""
import hashlib
import re
from dataclasses import dataclass

from loopback import Loopback, Replies


@dataclass
class Asked:
    "One request, and what it got"
    path: str
    range: str
    agent: str
    status: int = 0
    sent: int = 0


class Handler(Replies):
    def reply(self, status: int, body: bytes = b"", **headers):
        "Send an answer, and note it"
        self.asked.status, self.asked.sent = status, len(body)
        super().reply(status, body, **headers)

    def do_GET(self):
        server = self.server.owner
        self.asked = Asked(self.path, self.headers.get("Range", ""), self.headers.get("User-Agent", ""))
        with server.lock:
            server.requests.append(self.asked)
            faults = server.faults.get(self.path) or [""]
            fault = faults.pop(0) if server.faults.get(self.path) else ""
        try: self.behave(server, fault)
        except (BrokenPipeError, ConnectionResetError): self.close_connection = True

    def behave(self, server, fault):
        "Answer with the file, or do the fault"
        kind, _, after = fault.partition(" ")
        if kind.isdigit(): return self.reply(int(kind), b"busy", **({"Retry_After": after} if after else {}))
        if kind == "slow": return server.closing.wait(60)
        if kind == "html": return self.reply(200, b"<html>Please log in</html>", kind="text/html")
        data = server.files.get(self.path)
        if data is None: return self.reply(404, b"nothing here")
        mark = f'"{hashlib.md5(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == mark: return self.reply(304, ETag=mark)
        asked = re.fullmatch(r"bytes=(\d+)-", self.asked.range)
        start = int(asked[1]) if asked and self.headers.get("If-Range", mark) == mark else 0
        if start >= len(data) and start: return self.reply(416, Content_Range=f"bytes */{len(data)}")
        body = data[start:]
        headers = {"ETag": mark, "kind": "application/gzip", "said": len(body)}
        if start: headers["Content_Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.reply(206 if start else 200, body[:len(data) // 3] if kind == "cut" else body, **headers)
        if kind == "cut": self.close_connection = True


class FileServer(Loopback):
    "Files on a free port of this machine"
    def __init__(self, files: dict[str, bytes]):
        self.files, self.faults, self.requests = files, {}, []
        super().__init__(Handler)
        self.url, self.port = self.address, self.http.server_port
