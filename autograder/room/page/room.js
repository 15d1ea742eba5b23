// The room's page. It follows the server's events and changes only what has changed; text is always set as text.
const base = location.pathname.replace(/\/$/, "");
const byId = (id) => document.getElementById(id);
const state = {}; // what the server has said, see standing.py
let course = { notebooks: [], view: "participant" };
let me = null; // how one's own checks ended
let ahead = 0; // the server's clock less ours, in seconds

// --- Small tools -----------------------------------------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function write(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

/** Text whose `parts in backticks` are shown as code. */
function prose(node, text) {
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren(...text.split("`").map((piece, i) => (i % 2 ? element("code", {}, piece) : piece)));
}

/** Makes the children of `parent` what `items` are, keeping those that there are: nothing flickers or loses focus. */
function list(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const child = known.get(name) ?? make(item);
    child.dataset.key = name;
    known.delete(name);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item);
  }
  for (const child of known.values()) child.remove();
}

const now = () => Date.now() / 1000 + ahead;
const part = (node, name) => node.querySelector(`.${name}`);
const clock = (seconds) => new Date(1000 * (seconds - ahead)).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const people = (count) => (count === 1 ? "1 person" : `${count} people`);

function duration(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  if (minutes < 1) return "a moment";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// --- The parts of the page -------------------------------------------------------------------------------------------

function exercises() {
  const begun = (exercise) => (state[`exercise ${exercise}`] ?? [0, 0]).some((count) => count > 0);
  const shown = course.notebooks.filter((notebook) => notebook.exercises.some(begun));
  list(byId("notebooks"), shown, (notebook) => notebook.name, makeNotebook, updateNotebook);
  const later = course.notebooks.filter((notebook) => !shown.includes(notebook));
  byId("nothing-yet").hidden = shown.length > 0;
  byId("later").hidden = shown.length === 0 || later.length === 0;
  write(byId("later"), `Not begun: ${later.map((notebook) => notebook.title).join(" · ")}`);
}

function makeNotebook(notebook) {
  return element("section", { class: "notebook" }, element("h3", {}, notebook.title), element("ul"));
}

function updateNotebook(node, notebook) {
  list(node.lastElementChild, notebook.exercises, (exercise) => exercise, makeRow, updateRow);
}

function makeRow(exercise) {
  const bar = element("div", { class: "bar", "aria-hidden": "true" });
  bar.append(element("div", { class: "passed" }), element("div", { class: "trying" }));
  const numbers = element("span", { class: "numbers", "aria-hidden": "true" });
  for (const [name, mark] of [["n-passed", "✓"], ["n-trying", "…"], ["n-open", "○"]]) {
    numbers.append(element("span", {}, element("b", { class: name }, "0"), element("i", {}, ` ${mark}`)));
  }
  const mark = element("span", { class: "mark", "aria-hidden": "true" });
  const name = element("span", { class: "name", "aria-hidden": "true" }, exercise);
  return element("li", { class: "row" }, element("span", { class: "words" }), mark, name, bar, numbers);
}

function updateRow(row, exercise) {
  const [passed, trying] = state[`exercise ${exercise}`] ?? [0, 0];
  const all = Math.max(state.people ?? 0, 1);
  const open = Math.max((state.people ?? 0) - passed - trying, 0);
  part(row, "passed").style.width = `${(100 * passed) / all}%`;
  part(row, "trying").style.width = `${(100 * trying) / all}%`;
  write(part(row, "n-passed"), passed);
  write(part(row, "n-trying"), trying);
  write(part(row, "n-open"), open);
  const outcome = me?.outcomes[exercise] ?? "";
  const mark = part(row, "mark");
  mark.dataset.outcome = outcome;
  write(mark, { passed: "✓", failed: "✗", open: "…" }[outcome] ?? "");
  row.classList.toggle("mine", me?.current === exercise);
  const own = { passed: ", you have passed", failed: ", you are trying", open: ", you are there" }[outcome] ?? "";
  write(part(row, "words"), `${exercise}: ${passed} passed, ${trying} trying, ${open} not begun${own}`);
}

function messages() {
  const said = state.messages ?? [];
  byId("no-messages").hidden = said.length > 0;
  list(byId("messages"), said, (item) => `${item.exercise} ${item.message}`, makeMessage, (node, item) => {
    write(part(node, "count"), item.count);
    part(node, "for").dataset.since = item.since;
    write(part(node, "for"), duration(now() - item.since));
  });
}

function makeMessage(item) {
  const where = element("div", { class: "where" }, `${item.exercise}, for `, element("span", { class: "for" }));
  const text = element("div", { class: "text" });
  prose(text, item.message || "no words");
  const count = element("b", { class: "count" });
  return element("li", {}, count, element("div", {}, text, where));
}

function stuck() {
  const count = state.stuck_count ?? 0;
  byId("stuck-section").hidden = count === 0;
  write(byId("stuck-count"), `${people(count)} for 5 minutes or longer`);
  list(byId("stuck"), state.stuck ?? [], (item) => `${item.id} ${item.exercise}`, makeStuck, (node, item) => {
    write(part(node, "who"), item.who);
    prose(part(node, "said"), `${item.exercise}, ${item.tries === 1 ? "1 try" : `${item.tries} tries`}: ${item.message}`);
    part(node, "for").dataset.since = item.since;
    write(part(node, "for"), duration(now() - item.since));
  });
}

function makeStuck(item) {
  const who = element("span", { class: "who" });
  return element("li", {}, who, element("span", { class: "for" }), element("span", { class: "where said" }), removal(item));
}

function everybody() {
  const rows = Object.entries(state).filter(([name]) => name.startsWith("person "));
  byId("everybody").hidden = rows.length === 0;
  if (!byId("everybody").open) return;
  const found = rows.map(([name, [who, ticks, at]]) => ({ id: name.slice(7), who, ticks, at }));
  found.sort((a, b) => a.who.localeCompare(b.who));
  list(byId("everybody-list"), found, (item) => item.id, makePerson, (node, item) => {
    write(part(node, "who"), item.who);
    write(part(node, "at"), `${item.ticks} ${item.ticks === 1 ? "tick" : "ticks"}${item.at ? `, at ${item.at}` : ""}`);
  });
}

function makePerson(item) {
  return element("li", {}, element("span", { class: "who" }), removal(item), element("span", { class: "where at" }));
}

/** A button that takes somebody out of the room. */
function removal({ id, who }) {
  const button = element("button", { type: "button", "aria-label": `Remove ${who} from the room` }, "remove");
  button.addEventListener("click", async () => {
    if (!confirm(`Remove ${who}, with all that they sent? They can join again.`)) return;
    await fetch(`${base}/remove/${id}`, { method: "POST", headers: { "X-Room": "1" } });
  });
  return button;
}

function timeline() {
  const { start, step, ticks } = state.timeline ?? { start: 0, step: 60, ticks: [] };
  byId("time-section").hidden = ticks.length === 0;
  const bars = Math.max(ticks.length, Math.min(Math.floor((now() - start) / step) + 1, 60));
  const heights = Array.from({ length: bars }, (_, i) => ticks[i] ?? 0);
  const highest = Math.max(...heights, 1);
  const each = step < 3600 ? `${step / 60} min` : `${step / 3600} h`;
  write(byId("time-step"), `in each ${each}; at most ${highest}`);
  write(byId("time-start"), ticks.length ? clock(start) : "");
  list(byId("timeline"), heights.map((count, i) => ({ count, i })), (bar) => bar.i, () => element("div"), (node, bar) => {
    node.style.height = `${(100 * bar.count) / highest}%`;
    node.title = `${clock(start + bar.i * step)}: ${bar.count}`;
  });
  const sum = heights.reduce((total, count) => total + count, 0);
  byId("timeline").setAttribute("aria-label", `${sum} ticks since ${clock(start)}, most in ${each}: ${highest}`);
}

function boards() {
  byId("boards-section").hidden = !(state.agents ?? []).length && !(state.games ?? []).length;
  for (const [id, words] of [["agents", "agents, played by the room"], ["games", "by hand, as reported"]]) {
    list(byId(id), state[id] ?? [], (board) => board.env, () => element("div", { class: "board" }, element("h3"), element("ol")), (node, board) => {
      write(node.firstElementChild, `${board.env}, ${words}`);
      list(node.lastElementChild, board.best.map(([score, who], i) => ({ score, who, i })), (line) => line.i, makeLine, (row, line) => {
        write(row.firstElementChild, line.who || `${line.i + 1}.`);
        write(part(row, "score"), Number(line.score.toFixed(1)));
      });
    });
  }
}

function makeLine() {
  return element("li", {}, element("span"), element("span", { class: "score" }));
}

function head() {
  write(byId("people"), state.people ?? 0);
  write(byId("people-word"), state.people === 1 ? "person" : "people");
  byId("me").hidden = me === null;
  if (me === null) return;
  const passed = Object.values(me.outcomes).filter((outcome) => outcome === "passed").length;
  const ticks = `${passed} ${passed === 1 ? "tick" : "ticks"} from ${me.checks} ${me.checks === 1 ? "check" : "checks"}`;
  write(byId("me"), `${me.nickname}, you: ${ticks}${me.current ? `, now at ${me.current}` : ""}`);
}

// What has to be drawn anew when a part of the state changes; the beginning of a name is enough.
const parts = [
  [["people", "me"], head],
  [["people", "me", "exercise "], exercises],
  [["messages"], messages],
  [["stuck"], stuck],
  [["timeline"], timeline],
  [["agents", "games"], boards],
  [["person "], everybody],
];

let waiting = new Set();
function changed(names) {
  if (waiting.size === 0) requestAnimationFrame(draw);
  for (const [wanted, update] of parts) {
    if (names.some((name) => wanted.some((beginning) => name.startsWith(beginning)))) waiting.add(update);
  }
}

function draw() {
  const updates = waiting;
  waiting = new Set();
  for (const update of updates) update();
}

// --- What the server says --------------------------------------------------------------------------------------------

function receive(patch) {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete state[name];
    else state[name] = value;
  }
  changed(Object.keys(patch));
}

async function invite() {
  const told = await (await fetch(`${base}/invitation`)).json();
  write(byId("line"), `from rl_helpers import room; room.join("${told.address}", code="${told.code}", nickname="…")`);
  write(byId("link"), told.link);
  byId("qr").src = `${base}/invitation.svg`;
  byId("qr").alt = `QR code of ${told.link}`;
  byId("invitation").hidden = false;
}

function connection(kind, words) {
  byId("state").className = `state ${kind}`;
  write(byId("state"), words);
}

function follow() {
  const key = location.hash.slice(1);
  const source = new EventSource(`${base}/stream${key ? `?me=${encodeURIComponent(key)}` : ""}`);
  const on = (kind, react) => source.addEventListener(kind, (event) => react(JSON.parse(event.data)));
  on("course", (told) => {
    course = told;
    ahead = told.now - Date.now() / 1000;
    connection("live", "live");
    document.body.className = told.view;
    document.title = told.view === "instructor" ? "The room, for instructors" : "The room";
    write(byId("footer"), told.view === "instructor"
      ? "This address is the instructor's: whoever has it sees nicknames and can remove people."
      : "Stuck is said without names.");
    if (told.view === "instructor" && byId("invitation").hidden) invite();
  });
  on("all", (all) => {
    for (const name of Object.keys(state)) if (!(name in all)) delete state[name];
    receive(all);
    changed(["people", "messages", "stuck", "timeline", "agents"]);
  });
  on("patch", receive);
  on("me", (told) => {
    me = told;
    changed(["me"]);
  });
  source.onerror = () => {
    connection("lost", "no connection, trying again …");
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 2000); // a proxy's error page ends it
  };
}

setInterval(() => {
  for (const node of document.querySelectorAll("[data-since]")) write(node, duration(now() - node.dataset.since));
  if (state.timeline) timeline();
}, 10_000);
byId("everybody").addEventListener("toggle", everybody);
follow();
