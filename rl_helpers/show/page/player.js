// The game in the page: shows the frames that the kernel sends, and says which button is held (rl_helpers/show/play.py).

const RESTART = [" ", "Enter"];
const printed = { " ": "space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

function render({ model, el }) {
  const buttons = model.get("buttons"), scene = model.get("scene"), title = model.get("title");
  const keys = buttons.flatMap((button) => button.keys.map((key) => printed[key] ?? key)).join(", ").replace(/, (?=[^,]*$)/, " or ");
  const touch = matchMedia("(pointer: coarse)").matches;
  const start = touch ? "Hold one of the buttons to start." : `Click here, then press ${keys} to start.`;
  const help = `Keys: ${keys}. Space plays again. ` +
    (model.get("idle") ? "No key: do nothing." : "There is no “do nothing” here: with no key held, the last action goes on.");

  const host = document.createElement("div");
  host.className = "rl-player";
  keepKeys(host);
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>
    <div class="stage" tabindex="0" role="application"><canvas role="img"></canvas><div class="sign"></div></div>
    <div class="row scores"><span>score <b class="score">0</b></span><span>best <b class="best">–</b></span></div>
    <div class="row actions"></div><p class="help"></p><div class="status" role="status"></div>`;
  el.replaceChildren(host);
  const [stage, canvas, sign, score, best, actions, said] =
    [".stage", "canvas", ".sign", ".score", ".best", ".actions", ".status"].map((name) => root.querySelector(name));
  stage.setAttribute("aria-label", `${title}, a game. ${help}`);
  canvas.setAttribute("aria-label", `${title}: the picture of the game`);
  root.querySelector(".help").textContent = help;

  let status = "", held = [], last = null, answered = false;
  const places = buttons.map((button, place) => {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = button.label;
    element.onpointerdown = (event) => { element.setPointerCapture(event.pointerId); press(`pointer ${place}`, place); };
    element.onpointerup = element.onpointercancel = () => release(`pointer ${place}`);
    element.oncontextmenu = (event) => event.preventDefault(); // a long touch
    actions.append(element);
    return element;
  });
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = "play again";
  again.onclick = () => { restart(); stage.focus({ preventScroll: true }); };
  actions.append(again);

  // What is held: the latest of keys and pointers that are down. The kernel hears of every change.
  function tell() {
    const place = held.length ? held[held.length - 1].place : null;
    places.forEach((element, at) => element.classList.toggle("held", at === place));
    if (place === last) return;
    last = place;
    model.send({ type: "hold", button: place });
  }
  function press(source, place) {
    if (held.some((one) => one.source === source)) return; // the keyboard repeats itself
    held.push({ source, place });
    tell();
  }
  function release(source) {
    held = held.filter((one) => one.source !== source);
    tell();
  }
  function releaseAll() {
    held = [];
    tell();
  }
  function restart() {
    held = [];
    tell();
    model.send({ type: "restart" });
  }

  const nameOf = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = nameOf(event), place = buttons.findIndex((button) => button.keys.includes(name));
    event.stopPropagation();
    if (place >= 0) press(name, place);
    else if (RESTART.includes(name) && event.target === stage) { if (!event.repeat && status !== "ready") restart(); }
    else return; // Tab and the rest keep their meaning
    event.preventDefault();
  });
  root.addEventListener("keyup", (event) => release(nameOf(event)));
  root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) releaseAll(); });
  stage.onpointerdown = () => stage.focus({ preventScroll: true });
  const away = () => releaseAll();
  window.addEventListener("blur", away);

  // The keys are the game's from its first picture on, unless somebody is writing: "a" would add a cell, "d, d" delete one.
  function takeFocus() {
    if (!document.activeElement?.isContentEditable) stage.focus({ preventScroll: true });
  }

  async function show(frame, blobs) {
    if (!answered) takeFocus();
    answered = true;
    if (scene) draw(canvas, paintScene, scene, numbers(frame.poses));
    else draw(canvas, paintImage, await createImageBitmap(new Blob([blobs[0]], { type: "image/jpeg" })));
    model.send({ type: "shown", frame: frame.frame });
    score.textContent = Number(frame.score.toFixed(1));
    best.textContent = frame.best === null ? "–" : Number(frame.best.toFixed(1));
    host.dataset.status = frame.status;
    if (frame.status === status) return;
    status = frame.status;
    if (status === "ready") sign.textContent = start;
    else if (status === "playing") sign.textContent = "";
    else sign.textContent = `${frame.message}\nScore ${Number(frame.score.toFixed(1))}.${touch ? "" : " Space: play again."}`;
    said.textContent = sign.textContent;
  }
  let queue = Promise.resolve(); // pictures are decoded one after the other
  const receive = (frame, blobs) => { queue = queue.then(() => show(frame, blobs)).catch(console.error); };
  model.on("msg:custom", receive);
  model.send({ type: "hello" });
  const patience = setTimeout(() => {
    if (!answered) sign.textContent = "The kernel does not answer. If it is not busy with another cell, run this cell again.";
  }, 4000);

  return () => {
    clearTimeout(patience);
    window.removeEventListener("blur", away);
    model.off("msg:custom", receive);
  };
}

export default { render };
