"""A small Hugging Face Hub on loopback: it takes uploads as the real one does and hands the files out again.

What it speaks is what `huggingface_hub` and `datasets` ask for: make a repository, say how a file is to be sent, take
large files by the LFS protocol, take a commit, list the tree, give a file.
"""
import base64
import hashlib
import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit


class Hub:
    "Repositories in memory, and every request that came"
    def __init__(self, token: str):
        self.token, self.repos, self.made, self.blobs, self.requests, self.commits = token, {}, [], {}, [], []

    def files(self, repo: str) -> dict[str, bytes]:
        "The files of a repository such as datasets/user/name"
        return self.repos.setdefault(repo, {".gitattributes": b"*.parquet filter=lfs\n"})

    def take(self, repo: str, lines: list[dict]) -> None:
        "One commit: its header, files as they are, files sent before by LFS, files to delete"
        files = dict(self.files(repo))
        for key, value in ((line["key"], line["value"]) for line in lines):
            if key == "file": files[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile": files[value["path"]] = self.blobs[value["oid"]]
            elif key == "deletedFile": del files[value["path"]]
        self.repos[repo] = files
        self.commits.append((repo, next(line["value"]["summary"] for line in lines if line["key"] == "header")))


class Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def answer(self, body=b"", status=200, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(body), "Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD": self.wfile.write(body)

    @property
    def base(self) -> str:
        "The address under which this server was asked"
        return f"http://{self.headers['Host']}"

    def body(self) -> bytes:
        "What was sent, whole or in chunks"
        if self.headers.get("Transfer-Encoding") != "chunked": return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16): parts.append(self.rfile.read(size)); self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def serve(self):
        path, sent = unquote(urlsplit(self.path).path), self.body()
        self.hub.requests.append((self.command, path))
        for pattern, method in ROUTES:
            if found := re.fullmatch(pattern, f"{self.command} {path}"):
                writes = self.command == "POST" and path != "/api/validate-yaml" and "paths-info" not in path
                if self.headers.get("Authorization") not in ([] if writes else [None]) + [f"Bearer {self.hub.token}"]:
                    return self.answer({"error": "Invalid username or password."}, 401)
                return getattr(self, method)(sent, *found.groups())
        self.answer({"error": f"no route for {self.command} {path}"}, 404, X_Error_Code="EntryNotFound")

    do_GET = do_HEAD = do_POST = do_PUT = serve

    def create(self, sent):
        asked = json.loads(sent)
        self.hub.made.append(asked)
        name = f"{asked.get('organization') or 'user'}/{asked['name'].split('/')[-1]}"
        self.answer({"url": f"{self.base}/{asked['type']}s/{name}", "name": name, "id": name})

    def validate(self, sent): self.answer({"errors": [], "warnings": []})

    def preupload(self, sent, repo):
        mode = lambda f: "lfs" if f["path"].endswith((".parquet", ".ttf", ".png", ".skops")) else "regular"  # noqa: E731
        self.answer({"files": [{"path": f["path"], "uploadMode": mode(f), "shouldIgnore": False, "oid": None}
                               for f in json.loads(sent)["files"]]})

    def batch(self, sent, repo):
        upload = lambda o: {"upload": {"href": f"{self.base}/blobs/{o['oid']}"}}  # noqa: E731
        self.answer({"transfer": "basic", "objects": [{**o, "actions": upload(o)} for o in json.loads(sent)["objects"]]})

    def blob(self, sent, oid):
        assert hashlib.sha256(sent).hexdigest() == oid
        self.hub.blobs[oid] = sent
        self.answer()

    def commit(self, sent, repo):
        self.hub.take(repo, [json.loads(line) for line in sent.splitlines()])
        self.answer({"success": True, "commitOid": "1" * 40, "commitUrl": f"{self.base}/{repo}/commit/{'1' * 40}"})

    def info(self, _, repo):
        if repo not in self.hub.repos: return self.answer({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")
        name = repo.split("/", 1)[1]
        self.answer({"id": name, "sha": "1" * 40, "private": False, "gated": False, "disabled": False, "tags": [], "downloads": 0,
                     "likes": 0, "siblings": [{"rfilename": path} for path in self.hub.files(repo)]})

    def entry(self, path, data):
        return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}

    def tree(self, _, repo, folder=""):
        self.answer([self.entry(p, data) for p, data in self.hub.files(repo).items() if p.startswith(folder or "")])

    def paths(self, sent, repo):
        text = sent.decode()
        asked = json.loads(text)["paths"] if text.startswith("{") else [unquote(v) for v in re.findall(r"paths=([^&]*)", text)]
        self.answer([self.entry(p, self.hub.files(repo)[p]) for p in asked if p in self.hub.files(repo)])

    def file(self, _, repo, path):
        data = self.hub.files(repo).get(path)
        if data is None: return self.answer({"error": "Entry not found"}, 404, X_Error_Code="EntryNotFound")
        about = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X_Repo_Commit": "1" * 40, "Content_Type": "application/octet-stream"}
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(wanted[1]), min(int(wanted[2] or len(data) - 1), len(data) - 1)
            return self.answer(data[first:last + 1], 206, Content_Range=f"bytes {first}-{last}/{len(data)}", **about)
        self.answer(data, **about)


_REPO = r"((?:datasets|spaces)/[^/]+/[^/]+)"
ROUTES = [(r"POST /api/repos/create", "create"), (r"POST /api/validate-yaml", "validate"),
          (rf"POST /api/{_REPO}/preupload/main", "preupload"), (rf"POST /{_REPO}\.git/info/lfs/objects/batch", "batch"),
          (r"PUT /blobs/(\w+)", "blob"), (rf"POST /api/{_REPO}/commit/main", "commit"),
          (rf"GET /api/{_REPO}(?:/revision/[^/]+)?", "info"), (rf"GET /api/{_REPO}/tree/[^/]+(?:/(.*))?", "tree"),
          (rf"POST /api/{_REPO}/paths-info/[^/]+", "paths"), (rf"(?:GET|HEAD) /{_REPO}/resolve/[^/]+/(.+)", "file")]


@contextmanager
def hub_server(token: str = "hf_write_token_of_the_test"):
    "A running hub: gives its address and the `Hub`"
    hub = Hub(token)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("HubHandler", (Handler,), {"hub": hub}))
    Thread(target=server.serve_forever, daemon=True).start()
    try: yield f"http://127.0.0.1:{server.server_port}", hub
    finally:
        server.shutdown()
        server.server_close()
