"""Benchmark of cold page loads on a slow phone, compared with a bare Reflex page of 300 rows.

    .venv/bin/python -m benchmarks.cold_load [rounds]

Each round opens the sign-in, the list of sessions and the bare page in turn, each with an empty
cache: a phone of 390 by 844 pixels, a CPU slowed by a factor of four, 1.6 Mbit/s and a round trip
of 150 ms. The network is `tests/support/e2e/faults/network_proxy.py`, which is stricter than
Chromium's emulation: opening a connection costs a round trip, too, and the socket is as slow as the
rest.
Times are from the browser's clock, since the start of the navigation. The bare page is a list with
a search as in Reflex's tutorial, without a component library; it is built and served in this run.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.e2e.browser import find_browser, launch_arguments
from tests.support.e2e.cme_server import free_port, run_cme, run_server
from tests.support.e2e.devices import PHONE
from tests.support.e2e.faults.network_proxy import NetworkProxy, run_network_proxy

BITS, ROUND_TRIP, CPU_SLOWDOWN = 1_600_000, 0.15, 4  # bits a second; seconds; factor
ROUNDS = 5
LETTER = 200  # milliseconds proxy keystrokes, until the page answers one of them
TIMEOUT = 60  # seconds

Figures = dict[str, float]

WATCH = """
window.seen = { lcp: 0, shift: 0 };
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const ROW = "[data-row] h3, .bare-row";
const FIELD = "#search, #bare-search";
const answer = () => document.querySelector("[data-cme-query]")?.dataset.cmeQuery
    ?? document.querySelector("#bare-count")?.textContent;
const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
let before;
new MutationObserver(() => {
    if (!("title" in seen) && document.querySelector(ROW)?.textContent) {
        seen.title = 0;
        painted(() => (seen.title = performance.now()));
    }
    if (seen.letters && !("answered" in seen) && answer() && answer() !== before) {
        seen.answered = 0;
        painted(() => (seen.answered = performance.now()));
    }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""

# Types one letter after the other from the moment the field exists, also before hydration.
TYPE = """
const typing = setInterval(() => {
    const field = document.querySelector(FIELD);
    if (!field) return;
    if ("answered" in seen) return clearInterval(typing);
    before ??= answer();
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    seen.letters = (seen.letters ?? 0) + 1;
    set.call(field, "breast".slice(0, 1 + (seen.letters % 6)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
}, LETTER);
"""

BARE = """
import reflex as rx

ROWS = [f"Scientific Abstract Presentations: Breast and Aesthetic Session {n}" for n in range(300)]


class State(rx.State):
    query: str = ""

    @rx.var
    def rows(self) -> list[str]:
        return [row for row in ROWS if self.query.lower() in row.lower() or not self.query]

    @rx.event
    def search(self, query: str):
        self.query = query


def index():
    return rx.el.main(
        rx.el.h1("Sessions"),
        rx.el.input(id="bare-search", on_change=State.search),
        rx.el.p(State.query, " ", State.rows.length(), id="bare-count"),
        rx.el.ul(rx.foreach(State.rows, lambda row: rx.el.li(row, class_name="bare-row p-4"))),
    )


app = rx.App()
app.add_page(index)
"""

CONFIG = """
import reflex as rx

config = rx.Config(
    app_name="bare",
    api_url={url!r},
    plugins=[rx.plugins.TailwindV4Plugin()],
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
"""

SERVE = """
import os
from reflex.utils import exec as reflex_exec
from reflex_base.constants import Env, LogLevel
from reflex_base.environment import environment

environment.REFLEX_ENV_MODE.set(Env.PROD)
environment.REFLEX_SKIP_COMPILE.set(True)
reflex_exec.run_backend_prod(
    "127.0.0.1", {port}, LogLevel.WARNING, mount_frontend_compiled_app=True
)
"""


@dataclass(frozen=True)
class Site:
    """A page to load, its setup, and whether to type into its search field."""

    name: str
    url: str
    setup: Callable[[BrowserContext], object] = lambda _: None
    typed: bool = False


def main(rounds: int) -> None:
    """Print the median, minimum and maximum of each figure over the rounds."""
    results: dict[str, list[Figures]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sites = [*_ours(stack, folder), *_bare(stack, folder / "bare")]
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=launch_arguments()
        )
        for number in range(rounds):
            print(f"Round {number + 1} of {rounds}", file=sys.stderr)
            for site in sites:
                results.setdefault(site.name, []).append(_load(browser, site))
        version = browser.version
        browser.close()
    print(f"Chromium {version}, {_machine()}, {rounds} rounds\n")
    for name, figures in results.items():
        print(name)
        for figure in figures[0]:
            values = [each[figure] for each in figures]
            median, low, high = statistics.median(values), min(values), max(values)
            print(f"  {figure:42} {median:8.2f}   ({low:.2f}–{high:.2f})")


def _ours(stack: ExitStack, folder: Path) -> Iterator[Site]:
    run_cme("build")
    url = f"sqlite:///{folder / 'cme.db'}"
    run_cme("db", "upgrade", CME_DATABASE_URL=url)
    run_cme("meeting", "load", "meetings/pstm24", CME_DATABASE_URL=url)
    server = stack.enter_context(run_server(url, folder / "server.log"))
    proxy = _slow(stack.enter_context(run_network_proxy(server.port)))

    def sign_in(context: BrowserContext) -> None:
        # Sign in directly and without the slow network, leaving the browser's cache empty.
        form = {"way": "badge", "last_name": "Rivera", "number": "240001"}
        url = proxy.url.replace(str(proxy.listening), str(server.port))
        context.request.post(f"{url}/pstm24/sign-in", form=form, headers={"origin": url})

    yield Site("Sign-in", f"{proxy.url}/")
    yield Site("Add Sessions", f"{proxy.url}/pstm24/sessions", sign_in)
    yield Site("Add Sessions, typed into", f"{proxy.url}/pstm24/sessions", sign_in, typed=True)


def _bare(stack: ExitStack, folder: Path) -> Iterator[Site]:
    port = free_port()
    proxy = _slow(stack.enter_context(run_network_proxy(port)))
    (folder / "bare").mkdir(parents=True)
    (folder / "bare" / "__init__.py").touch()
    (folder / "bare" / "bare.py").write_text(BARE, "utf-8")
    (folder / "rxconfig.py").write_text(CONFIG.format(url=proxy.url), "utf-8")
    # Reflex uses the `bun` on PATH; here it comes from a wheel of this environment.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(folder)}
    export = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    with (folder / "build.log").open("w") as log:
        result = subprocess.run(
            export, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    assert result.returncode == 0, (folder / "build.log").read_text("utf-8")
    stack.enter_context(_serve_bare(folder, port, environment))
    yield Site("A bare Reflex page", f"{proxy.url}/")
    yield Site("A bare Reflex page, typed into", f"{proxy.url}/", typed=True)


@contextmanager
def _serve_bare(folder: Path, port: int, environment: dict[str, str]) -> Iterator[None]:
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE.format(port=port)],
            cwd=folder,
            env={
                **environment,
                "REFLEX_FRONTEND_PORT": str(port),
                "REFLEX_BACKEND_PORT": str(port),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/ping", folder / "server.log")
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text("utf-8"))


def _slow(proxy: NetworkProxy) -> NetworkProxy:
    proxy.delay, proxy.rate = ROUND_TRIP / 2, BITS / 8
    return proxy


def _load(browser: Browser, site: Site) -> Figures:
    """Open the page with an empty cache, and return the browser's measurements."""
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT * 1000)
    site.setup(context)
    page = context.new_page()
    page.add_init_script(WATCH + (TYPE.replace("LETTER", str(LETTER)) if site.typed else ""))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    requests, sizes = [], []
    session.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    session.on("Network.webSocketCreated", lambda event: requests.append(event["url"]))
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(site.url, wait_until="load")
    deadline = time.monotonic() + TIMEOUT
    while site.typed and not page.evaluate("window.seen.answered"):
        assert time.monotonic() < deadline, f"{site.name}: no letter was answered"
        page.wait_for_timeout(250)
    page.wait_for_timeout(3000)  # late requests
    seen = page.evaluate("window.seen")
    context.close()
    if site.typed:
        return {"first letter answered, s": seen["answered"] / 1000}
    figures = {
        "largest contentful paint, s": seen["lcp"] / 1000,
        "layout shift": seen["shift"],
        "kB compressed": sum(sizes) / 1000,
        "requests": float(len(requests)),
    }
    if "title" in seen:
        figures["first title, s"] = seen["title"] / 1000
    return figures


def _machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {model}, load {load:.1f} at the end"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
