"""Drives `varve query` as a person at a terminal does: through a pseudo-terminal, by keys. Prints one JSON object whose members are the steps."""
import fcntl
import json
import os
import pty
import re
import select
import stat
import struct
import sys
import termios
import time

WAIT_S = 60
SEQUENCES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>])")
PROMPT = "varve> "


class Shell:
    def __init__(self, command, environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(environment)
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.seen = ""

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def read_until(self, condition, what):
        """Gives what was printed since the last call, without the terminal's commands."""
        end = time.monotonic() + WAIT_S
        while not condition(SEQUENCES.sub("", self.seen)):
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come; there was {self.seen!r}")
            if select.select([self.terminal], [], [], 1)[0]:
                try:
                    piece = os.read(self.terminal, 65536)
                except OSError:
                    piece = b""
                if not piece:
                    raise EOFError(f"the shell ended before {what}; there was {self.seen!r}")
                self.seen += piece.decode(errors="replace")
        text, self.seen = SEQUENCES.sub("", self.seen), ""
        return text

    def run(self, keys, *expected):
        """Types, and waits for what is expected and the next prompt behind it."""
        self.type(keys)

        def is_done(seen):
            ends = [seen.rfind(t) for t in expected]
            return min(ends) >= 0 and seen.rstrip("\r").endswith(PROMPT)

        return self.read_until(is_done, expected)

    def end(self):
        """Waits until the process has ended; its exit code."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if select.select([self.terminal], [], [], 0.2)[0]:
                try:
                    if not os.read(self.terminal, 65536):
                        break
                except OSError:
                    break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def main(arguments):
    state = arguments["state"]
    environment = {"XDG_STATE_HOME": state, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    steps = {}

    def step(name, work):
        if any("error" in s for s in steps.values()):
            return  # what comes next would only wait for what cannot come
        try:
            steps[name] = {"ok": work()}
        except Exception as e:  # what failed is the answer
            steps[name] = {"error": f"{type(e).__name__}: {e}"}

    shell = Shell(arguments["command"], environment)
    step("start", lambda: shell.run("", PROMPT))
    step("several lines", lambda: shell.run("select n,\rname\r from people order by n;\r", "(3 rows)"))
    step("history", lambda: shell.run("\x1b[A\r", "(3 rows)"))
    step("edited", lambda: shell.run("selekt 1;\x01" + "\x1b[C" * 3 + "\x1b[3~\x1b[3~\x1b[3~ect\x05\x7f + 41;\r", "42"))
    step("search", lambda: shell.run("\x12people\r", "(3 rows)"))
    step("complete stream", lambda: shell.run("select count(*) as c from peo\t;\r", "(1 row)"))
    step("complete column", lambda: shell.run(
        "select p.nam\t from people p where n = 2;\x1b[H" + "\x1b[C" * 12 + "\t\r", "zwei"))
    step("complete choice", lambda: shell.run("select * from p\t\t\x03", "people", "places"))
    step("complete command", lambda: shell.run("\\tim\ton\r", PROMPT))
    step("timing", lambda: shell.run("select 7 as seven;\r", "first rows after"))
    step("timing off", lambda: shell.run("\\timing off\r", PROMPT))
    step("list", lambda: shell.run("\\d\r", "people", "places"))
    step("describe", lambda: shell.run("\\d people\r", "newest position", "VARCHAR"))
    step("expanded", lambda: shell.run("\\x\rselect n, name from people where n = 1;\r", "row 1", "eins", "(1 row)"))
    step("format", lambda: shell.run("\\format csv\rselect n, name from people where n = 3;\r", "3,drei"))
    step("error", lambda: shell.run("select nope from people;\r", "error: ", "nope"))
    step("unknown command", lambda: shell.run("\\nope\r", "error: ", "\\?"))
    step("dropped line", lambda: shell.run("select 'half\x03select 5 as five;\r", "five\r\n5"))
    step("paste", lambda: shell.run("\x1b[200~select 1 as a;\nselect\n2 as b;\x1b[201~\r", "a\r\n1", "b\r\n2"))
    step("wide letters", lambda: shell.run("select '日本本' as w;" + "\x1b[D" * 8 + "\x7f\r", "w\r\n日本"))

    def cancel():
        shell.type("select count(*) as c from range(100000000) a, range(100000000) b;\r")
        shell.read_until(lambda seen: "b;" in seen and seen.endswith("\n"), "the statement's line")
        return shell.run("\x03", "cancelled")

    step("cancel", cancel)
    step("goes on", lambda: shell.run("select 11 as eleven;\r", "eleven\r\n11"))
    step("as of", lambda: shell.run("\\as-of-offset people=1\rselect count(*) as early from people;\r", "early\r\n1"))
    step("as of off", lambda: shell.run("\\as-of-offset off\rselect count(*) as all_rows from people;\r", "all_rows\r\n3"))
    step("insert", lambda: shell.run("insert into people values (4, 'vier');\rselect count(*) as more from people;\r", "more\r\n4"))

    def quit_by(keys):
        shell.type(keys)
        return shell.end()

    step("end", lambda: quit_by("\x04"))
    history = os.path.join(state, "varve", "query_history")
    step("history mode", lambda: oct(stat.S_IMODE(os.stat(history).st_mode)))

    shell = Shell(arguments["command"], environment)
    step("second start", lambda: shell.run("", PROMPT))
    step("history of before", lambda: shell.run("\x12eleven\r", "eleven", "11"))
    step("quit", lambda: quit_by("\\q\r"))
    print(json.dumps(steps))


main(json.loads(sys.argv[1]))
