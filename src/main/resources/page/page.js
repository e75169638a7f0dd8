// Shows what runs and what it uses. It speaks the same API as everybody else, with the token from the link's fragment,
// which no server ever sees, or from the form.

const EVERY_MILLISECONDS = 2000;
const FIELDS = "name,status,image,cpu_percent,mem_working_set,mem_limit_bytes,ports,health";
const element = (id) => document.getElementById(id);

let token = sessionStorage.getItem("token") ?? "";
let tag = "";
let timer = 0;

if (location.hash.startsWith("#token=")) {
  token = decodeURIComponent(location.hash.slice("#token=".length));
  sessionStorage.setItem("token", token);
  history.replaceState(null, "", location.pathname); // a link that is passed on should not pass on the token
}

element("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  token = element("token").value.trim();
  sessionStorage.setItem("token", token);
  look();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});

async function ask(path, headers = {}) {
  return fetch(path, { headers: { Authorization: `Bearer ${token}`, ...headers } });
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    await refresh();
  } catch {
    say("The server does not answer.", true);
  }
  timer = setTimeout(look, EVERY_MILLISECONDS);
}

async function refresh() {
  const info = token ? await ask("info") : { status: 401 };
  element("entry").hidden = info.status !== 401;
  if (info.status === 401) return say(token ? "This token is not known here." : "", true);
  showHost(await info.json());
  const list = await ask(`container?fields=${FIELDS}`, tag ? { "If-None-Match": tag } : {});
  if (list.status === 304) return;
  if (!list.ok) return say((await list.json()).detail, true);
  tag = list.headers.get("ETag") ?? "";
  showContainers(Object.values(await list.json()));
}

function say(text, bad = false) {
  element("host").textContent = text;
  element("host").classList.toggle("bad", bad);
}

function showHost(info) {
  if (info.engine.state !== "connected") return say(`Engine ${info.engine.state} since ${info.engine.since}`, true);
  const { committed_bytes: committed, capacity_bytes: capacity } = info.memory;
  say(
    `${info.hostname} · ${info.engine.name} ${info.engine.version} · ${info.cpus} CPUs · ` +
      `${size(committed)} of ${size(capacity)} promised`,
  );
}

function showContainers(containers) {
  containers.sort((a, b) => a.name.localeCompare(b.name));
  element("nothing").hidden = containers.length > 0;
  element("containers").hidden = containers.length === 0;
  element("containers").tBodies[0].replaceChildren(...containers.map(row));
}

function row(container) {
  const runs = container.status === "running";
  const line = document.createElement("tr");
  cell(line, container.name);
  cell(line, container.health ? `${container.status}, ${container.health}` : container.status, container.status);
  cell(line, container.image, "quiet");
  cell(line, runs ? `${container.cpu_percent.toFixed(1)} %` : "", "number");
  cell(line, runs && container.mem_working_set !== null ? size(container.mem_working_set * 1048576) : "", "number");
  cell(line, container.mem_limit_bytes === null ? "–" : size(container.mem_limit_bytes), "number");
  cell(line, ports(container.ports), "quiet");
  return line;
}

function cell(line, text, kind = "") {
  const data = line.insertCell();
  data.textContent = text;
  if (kind) data.className = kind;
}

function ports(ports) {
  const published = Object.entries(ports).flatMap(([inner, outer]) => outer.map(({ port }) => `${port} → ${inner}`));
  return [...new Set(published)].join(", ");
}

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (bytes >= 1024 && power < units.length - 1) {
    bytes /= 1024;
    power++;
  }
  return `${power === 0 ? bytes : bytes.toFixed(1)} ${units[power]}`;
}

look();
