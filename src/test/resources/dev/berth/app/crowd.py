"""Many clients in one process, with the standard library alone: all of them end at once when it does.

    crowd.py PORT TOKEN        stdin lines are clients, and `open` opens them

Clients: `events PATH`, and `terminal PATH`, which has `sleep 1000` typed at it. Says `open N` when every one of them has
got something, then reads for ever, answering pings.
"""
import base64, os, selectors, socket, struct, sys

port, token = int(sys.argv[1]), sys.argv[2]
selector = selectors.DefaultSelector()


def frame(opcode, payload):
    mask = os.urandom(4)
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


class Client:
    def __init__(self, kind, path):
        self.terminal = kind == "terminal"
        self.path = path
        self.rest = b""
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=60)
        more = "Accept: text/event-stream\r\n"
        if self.terminal:
            key = base64.b64encode(os.urandom(16)).decode()
            more = (f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    f"Sec-WebSocket-Key: {key}\r\n")
        self.sock.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
                           f"{more}\r\n").encode())

    def begin(self):
        while b"\r\n\r\n" not in self.rest:
            self.receive()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        if head.split()[1] != (b"101" if self.terminal else b"200"):
            fail(f"{self.path}: {head.decode()}")
        if self.terminal:
            self.sock.sendall(frame(2, b"sleep 1000\n"))
        while not self.rest:
            self.receive()
        self.take()
        selector.register(self.sock, selectors.EVENT_READ, self)

    def receive(self):
        piece = self.sock.recv(65536)
        if not piece:
            fail(f"{self.path}: gone")
        self.rest += piece

    def take(self):
        """Drops what has come; pings are answered."""
        while self.terminal and len(self.rest) >= 2:
            opcode, size, head = self.rest[0] & 15, self.rest[1], 2
            if size == 126:
                if len(self.rest) < 4:
                    return
                size, head = struct.unpack(">H", self.rest[2:4])[0], 4
            if len(self.rest) < head + size:
                return
            payload, self.rest = self.rest[head:head + size], self.rest[head + size:]
            if opcode == 9:
                self.sock.sendall(frame(10, payload))
            elif opcode == 8:
                fail(f"{self.path}: farewell {payload[2:].decode()}")
        if not self.terminal:
            self.rest = b""


def fail(why):
    print(why.replace("\r\n", " "), flush=True)
    sys.exit(1)


wanted = []
for line in sys.stdin:
    if line.strip() == "open":
        break
    wanted.append(line.split())
clients = [Client(kind, path) for kind, path in wanted]
for client in clients:
    client.begin()
print("open", len(clients), flush=True)
while True:
    for key, _ in selector.select():
        key.data.receive()
        key.data.take()
