"""A terminal's client in another language: RFC 6455 by hand, with the standard library alone.

    terminal.py PORT TOKEN PATH        stdin lines are steps, stdout tells what came

Steps: `say TEXT` (with \\n and \\x03), `control JSON`, `until TEXT` (waits for output), `hang` (for ever, answering
pings), `mute` (for ever, reading nothing), `end` (waits for the server's farewell).
"""
import base64, json, os, select, socket, struct, sys, time

port, token, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
sock = socket.create_connection(("127.0.0.1", port), timeout=30)
key = base64.b64encode(os.urandom(16)).decode()
sock.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
              f"Sec-WebSocket-Protocol: berth, bearer.{token}\r\n\r\n").encode())
rest = b""


def more():
    global rest
    piece = sock.recv(65536)
    if not piece:
        print("gone", flush=True)
        sys.exit(1)
    rest += piece


def take(count):
    global rest
    while len(rest) < count:
        more()
    taken, rest = rest[:count], rest[count:]
    return taken


def send(opcode, payload):
    mask = os.urandom(4)
    size = len(payload)
    head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size))
    sock.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))


while b"\r\n\r\n" not in rest:
    more()
head, rest = rest.split(b"\r\n\r\n", 1)
print("status", head.split()[1].decode(), flush=True)
if b" 101 " not in head:
    sys.exit(2)
output = b""


def frame():
    """Handles one frame; its kind."""
    global output
    first, size = take(2)
    if size == 126:
        size = struct.unpack(">H", take(2))[0]
    elif size == 127:
        size = struct.unpack(">Q", take(8))[0]
    payload = take(size)
    opcode = first & 15
    if opcode == 2:
        output += payload
    elif opcode == 1:
        print("control", payload.decode(), flush=True)
    elif opcode == 9:
        send(10, payload)
    elif opcode == 8:
        print("close", struct.unpack(">H", payload[:2])[0], payload[2:].decode(), flush=True)
        send(8, payload[:2])
    return opcode


for line in sys.stdin:
    step, _, rest_of_line = line.rstrip("\n").partition(" ")
    text = rest_of_line.encode().decode("unicode_escape").encode("latin1")
    if step == "say":
        send(2, text)
    elif step == "control":
        send(1, rest_of_line.encode())
    elif step == "until":
        while text not in output:
            frame()
        output = output.split(text, 1)[1]
        print("came", rest_of_line, flush=True)
    elif step == "hang":
        print("hanging", flush=True)
        sock.settimeout(None)
        while True:
            frame()
    elif step == "mute":
        print("mute", flush=True)
        select.select([], [], [])
    elif step == "end":
        while frame() != 8:
            pass
        print("output", json.dumps(output.decode("latin1")), flush=True)
