// Which of two texts is better? Buttons, or the arrow keys; what is chosen goes to the kernel (rl_helpers/show/choose.py).

const KEYS = { ArrowLeft: 0, a: 0, 1: 0, ArrowRight: 1, d: 1, 2: 1 };

function render({ model, el }) {
  const host = document.createElement("div");
  host.className = "rl-chooser";
  keepKeys(host);
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>
    <div class="stage" tabindex="0" role="group" aria-label="Which of the two do you prefer?">
      <p class="count" role="status"></p><p class="question"></p>
      <div class="row"><button type="button" class="text"></button><button type="button" class="text"></button></div>
      <div class="row"><button type="button" class="back">take the last one back</button></div>
      <p>← or a: left, → or d: right, Backspace: take back. (No answer to a key? Click here first.)</p></div>`;
  el.replaceChildren(host);
  const stage = root.querySelector(".stage"), texts = [...root.querySelectorAll(".text")];
  let now = null;

  const choose = (choice) => now?.pair && model.send({ type: "choose", number: now.number, choice });
  const back = () => now && model.send({ type: "back", number: now.number });
  texts.forEach((button, place) => (button.onclick = () => choose(place)));
  root.querySelector(".back").onclick = back;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (choice !== undefined) { if (!event.repeat) choose(choice); }
    else if (event.key === "Backspace") back();
    else return; // Tab, Enter and the rest keep their meaning
    event.stopPropagation();
    event.preventDefault();
  });

  const receive = (message) => {
    now = message;
    const { number, total, pair } = message;
    host.dataset.number = number;
    root.querySelector(".count").textContent =
      pair ? `${number + 1} of ${total}` : `All ${total} chosen, thank you. Run the next cells.`;
    root.querySelector(".question").textContent = pair ? pair[0] : "";
    texts.forEach((button, place) => {
      button.textContent = pair ? pair[1 + place] : "";
      button.hidden = !pair;
    });
  };
  model.on("msg:custom", receive);
  model.send({ type: "hello" });
  return () => model.off("msg:custom", receive);
}

export default { render };
