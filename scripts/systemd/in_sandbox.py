"""The steps of scripts/test-systemd, run inside the sandbox's systemd. Arguments: place of the installation, port of echo."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

PLACE, PORT = sys.argv[1], int(sys.argv[2])
FORKD = PLACE + "/bin/forkd"
LIMIT = 120  # seconds: guards against hangs, decides nothing


def run(*command, code=0):
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if code is not None and done.returncode != code:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}{journal()}")
    return done.stdout + done.stderr


def journal():
    command = ["systemctl", "status", "--no-pager", "-l", "-n", "50", "forkd.service"]
    return "\n".join(line[:250] for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines())


def show(name):
    return run("systemctl", "show", "-P", name, "forkd.service").strip()


def status():
    return json.loads(run(FORKD, "status", "--json", "-c", PLACE + "/forkd.toml"))


def echo(text=b"hello\n"):
    with socket.create_connection(("127.0.0.1", PORT), timeout=LIMIT) as client:
        client.sendall(text)
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    if answer != text:
        raise SystemExit(f"echo answered {answer!r}\n{journal()}")


def until(what, condition):
    """Waits for a state that only systemd knows; it has no event to wait for."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"never came: {what}\n{journal()}")
        time.sleep(0.1)


def passed(what):
    print("ok  " + what)


def main():
    run("systemctl", "start", "forkd.service")
    echo()
    passed(f"start: active after READY=1, {show('StatusText')!r}")

    assert status()["state"] == "RUNNING"
    passed("forkd status from outside the service")

    first = show("MainPID")
    run("systemctl", "reload", "forkd.service")
    assert show("MainPID") == first and status()["generation"] == 2
    echo()
    passed("reload: generation 2 in the same supervisor")

    with open(PLACE + "/forkd.toml") as file:
        good = file.read()
    with open(PLACE + "/forkd.toml", "w") as file:
        file.write(good + "hanlder = 1\n")
    run("systemctl", "reload", "forkd.service", code=1)
    with open(PLACE + "/forkd.toml", "w") as file:
        file.write(good)
    assert show("MainPID") == first and show("ActiveState") == "active"
    echo()
    passed("reload of a bad file: systemctl fails, nothing has changed")

    os.kill(int(first), signal.SIGHUP)
    until("the reload after HUP", lambda: status()["generation"] == 3)
    until("active again after HUP", lambda: show("ActiveState") == "active")
    passed("HUP reloads too")

    with socket.create_connection(("127.0.0.1", PORT), timeout=LIMIT) as client:
        client.sendall(b"held\n")
        assert client.recv(5) == b"held\n"
        workers = json.loads(run(FORKD, "ps", "--json", "-c", PLACE + "/forkd.toml"))["workers"]
        worker = next(w["pid"] for w in workers if w["state"] == "SERVING")
        os.kill(worker, signal.SIGSTOP)
        begun = time.monotonic()
        os.kill(int(first), signal.SIGKILL)
        assert client.recv(1) == b""
        taken = time.monotonic() - begun
    until("the end of the stopped worker", lambda: not os.path.exists(f"/proc/{worker}"))
    until("another supervisor", lambda: show("MainPID") not in (first, "0") and show("ActiveState") == "active")
    echo()
    passed(f"kill -9 of the supervisor: replaced; a worker that was stopped ended after {taken:.1f} s")

    second = show("MainPID")
    begun = time.monotonic()
    os.kill(int(second), signal.SIGSTOP)
    until("another supervisor", lambda: show("MainPID") not in (second, "0") and show("ActiveState") == "active")
    echo()
    assert show("NRestarts") == "2", show("NRestarts")
    passed(f"watchdog: a frozen supervisor was killed and replaced after {time.monotonic() - begun:.1f} s")

    run("systemctl", "stop", "forkd.service")
    assert show("Result") == "success", journal()
    assert not os.path.exists("/run/forkd/forkd.sock")
    passed("stop: clean, the admin socket is gone")

    run("systemctl", "start", "forkd.socket", "forkd.service")
    echo()
    refused, stop = [], threading.Event()
    served = [0]

    def connect_on_and_on():
        while not stop.is_set():
            try:
                echo()
                served[0] += 1
            except OSError as e:
                refused.append(e)

    threads = [threading.Thread(target=connect_on_and_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        # Clients that wait in forkd's own queue are refused by a stop; those in the kernel's are kept.
        until("spares for all clients", lambda: status()["services"][0]["workers"]["idle"] >= len(threads))
        run("systemctl", "restart", "forkd.service")
    until("spares after the restarts", lambda: status()["services"][0]["workers"]["idle"] >= len(threads))
    stop.set()
    for thread in threads:
        thread.join(LIMIT)
    assert not refused, f"{len(refused)} of {served[0]} clients lost: {refused[:3]}\n{journal()}"
    passed(f"sockets kept over 2 restarts: {served[0]} clients served, none refused")

    run("systemctl", "stop", "forkd.socket", "forkd.service")
    leftovers = run("pgrep", "-f", PLACE + "/lib/forkd", code=None).split()
    assert leftovers == [], f"left behind: {leftovers}"
    passed("stop: no process left")


main()
