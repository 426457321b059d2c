"What the stand-ins for other people's services have in common: a server on a free port of this machine that stops when it is told to"
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    "A server that does not complain when a client hangs up"
    daemon_threads = True
    def handle_error(self, request, client_address): pass


class Loopback:
    "A running server; `self.server.owner` of its handler is this object"
    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0):
        self.closing, self.lock = threading.Event(), threading.Lock()
        self.now = self.at_once = 0  # questions that wait for an answer, and the most that ever did
        self.http = _Server(("127.0.0.1", port), handler)
        self.http.owner = self
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": .05}, daemon=True).start()

    def close(self):
        "Stop"
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def __enter__(self): return self
    def __exit__(self, *_): self.close()


class Replies(BaseHTTPRequestHandler):
    "A handler that sends whole answers, and says nothing"
    protocol_version = "HTTP/1.1"
    waits = False

    def log_message(self, *args): pass

    def arrived(self):
        "Count a question among those that wait"
        self.waits = True
        with self.server.owner.lock:
            self.server.owner.now += 1
            self.server.owner.at_once = max(self.server.owner.at_once, self.server.owner.now)

    def answered(self):
        "Count it no longer: before the answer goes out, for who has it may ask again before this thread goes on"
        if not self.waits: return
        self.waits = False
        with self.server.owner.lock: self.server.owner.now -= 1

    def reply(self, status: int, body: bytes = b"", kind: str = "", said: int | None = None, **headers):
        "Send an answer; `said` is the length that it claims to have"
        self.answered()
        self.send_response(status)
        about = {"Content-Length": len(body) if said is None else said} | ({"Content-Type": kind} if kind else {})
        for name, value in (about | headers).items(): self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)
