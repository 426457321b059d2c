"""A server of files on loopback, with ranges and marks as large hosts have them, and faults on demand.

`FileServer(files)`; `faults[path]` is a list of what to do at the next requests, in order: "429", "429 3600" (with
Retry-After), "500", "503", "cut" (a third of the file, then nothing), "slow", "html", "other" (the file has changed).
"""
import hashlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    "One request, and what it got"
    path: str
    range: str
    agent: str
    status: int = 0
    sent: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args): pass

    def reply(self, status: int, body: bytes = b"", said: int | None = None, **headers):
        "Send an answer; `said` is the length that it claims to have"
        self.asked.status, self.asked.sent = status, len(body)
        self.send_response(status)
        for name, value in ({"Content-Length": len(body) if said is None else said} | headers).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

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
        if kind == "html": return self.reply(200, b"<html>Please log in</html>", Content_Type="text/html")
        data = server.files.get(self.path)
        if data is None: return self.reply(404, b"nothing here")
        mark = f'"{hashlib.md5(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == mark: return self.reply(304, ETag=mark)
        asked = re.fullmatch(r"bytes=(\d+)-", self.asked.range)
        start = int(asked[1]) if asked and self.headers.get("If-Range", mark) == mark else 0
        if start >= len(data) and start: return self.reply(416, Content_Range=f"bytes */{len(data)}")
        body = data[start:]
        headers = {"ETag": mark, "Content_Type": "application/gzip"}
        if start: headers["Content_Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.reply(206 if start else 200, body[:len(data) // 3] if kind == "cut" else body, len(body), **headers)
        if kind == "cut": self.close_connection = True


class Server(ThreadingHTTPServer):
    "A server that does not complain when a client hangs up"
    daemon_threads = True
    def handle_error(self, request, client_address): pass


@dataclass
class FileServer:
    "Files on a free port of this machine"
    files: dict[str, bytes]
    faults: dict[str, list[str]] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)

    def __post_init__(self):
        self.closing, self.lock = threading.Event(), threading.Lock()
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.owner = self
        self.port = self.http.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": .05}, daemon=True).start()

    def close(self):
        "Stop"
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def __enter__(self): return self
    def __exit__(self, *_): self.close()
