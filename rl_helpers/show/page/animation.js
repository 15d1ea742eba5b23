// <rl-animation>: recorded episodes side by side, with play, pause, scrubbing and speed. Nothing moves until asked to.
// data-film: {episodes: [{label, outcome, steps, scene and poses | pictures, rewards}], fps, still}, made by animate.py.

class Animation extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return; // moved within the page
    keepKeys(this);
    const film = JSON.parse(this.dataset.film);
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>${STYLE}
      .films { display: flex; flex-wrap: wrap; gap: 16px; }
      figure { margin: 0; flex: 1 1 260px; max-width: 480px; }
      figcaption { margin-top: 4px; min-height: 1.5em; }
      .now { font-variant-numeric: tabular-nums; }
      input { flex: 1 1 160px; max-width: 420px; min-height: 36px; margin: 0; accent-color: ${COLOURS.blue}; }
      </style><div class="films"></div><div class="row"><button type="button" class="play">▶ Play</button>
      <input type="range" min="0" value="0" step="1" aria-label="step of the episode">
      <label>speed <select aria-label="speed"><option value="0.25">¼</option><option value="0.5">½</option>
      <option value="1" selected>1</option><option value="2">2</option><option value="4">4</option></select></label></div>`;
    this.fps = film.fps;
    this.films = film.episodes.map((episode) => this.show(root.querySelector(".films"), episode));
    this.last = Math.max(...film.episodes.map((episode) => episode.steps));
    [this.button, this.slider, this.speed] = ["button", "input", "select"].map((name) => root.querySelector(name));
    this.slider.max = this.last;
    this.button.onclick = () => (this.playing ? this.pause() : this.play());
    this.slider.oninput = () => { this.pause(); this.seek(Number(this.slider.value)); };
    this.seek(0);
    this.hide(film.still, 6);
  }

  disconnectedCallback() {
    if (this.button) this.pause();
  }

  // One episode's place in the page; returns the function that shows a step of it.
  show(parent, episode) {
    const figure = document.createElement("figure");
    figure.innerHTML = `<canvas role="img"></canvas><figcaption><span class="label"></span><span class="now"></span></figcaption>`;
    parent.append(figure);
    const canvas = figure.querySelector("canvas"), now = figure.querySelector(".now");
    canvas.setAttribute("aria-label", `${episode.label ? episode.label + ": " : ""}${episode.outcome}`);
    figure.querySelector(".label").textContent = episode.label ? `${episode.label} · ` : "";
    let returns = 0;
    const so_far = [0, ...numbers(episode.rewards).map((reward) => (returns += reward))];
    const pictures = episode.pictures?.map((data) => {
      const image = new Image();
      image.src = `data:image/webp;base64,${data}`;
      return image;
    });
    const poses = episode.scene && numbers(episode.poses), width = poses && 3 * episode.scene.bodies.length;
    return (step) => {
      step = Math.min(step, episode.steps);
      const running = `step ${step} of ${episode.steps}, return ${Number(so_far[step].toFixed(1))}`;
      now.textContent = step === episode.steps ? episode.outcome : running;
      if (poses) return draw(canvas, paintScene, episode.scene, poses.slice(step * width, (step + 1) * width));
      const image = pictures[Math.round((step / Math.max(1, episode.steps)) * (pictures.length - 1))];
      image.decode().then(() => draw(canvas, paintImage, image));
    };
  }

  seek(step) {
    this.step = step;
    this.slider.value = Math.floor(step);
    this.slider.setAttribute("aria-valuetext", `step ${Math.floor(step)} of ${this.last}`);
    for (const show of this.films) show(Math.floor(step));
  }

  play() {
    if (this.step >= this.last) this.seek(0);
    this.playing = true;
    this.button.textContent = "‖ Pause";
    let before = performance.now();
    const next = (now) => {
      if (!this.playing) return;
      const passed = Math.min(Math.max(now - before, 0), 250) / 1000; // a tab in the background does not jump ahead
      before = now;
      this.seek(Math.min(this.last, this.step + passed * this.fps * Number(this.speed.value)));
      if (this.step >= this.last) return this.pause();
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }

  pause() {
    this.playing = false;
    this.button.textContent = this.step >= this.last ? "↺ Replay" : "▶ Play";
  }

  // The still picture before this output is for pages that run no scripts; this one does.
  hide(still, tries) {
    const found = [...document.images].filter((image) => image.src.endsWith(still));
    for (const image of found) (image.closest(".jp-OutputArea-child, .output_area") ?? image).style.display = "none";
    if (tries) setTimeout(() => this.hide(still, tries - 1), found.length ? 1000 : 100);
  }
}

if (!customElements.get(NAME)) customElements.define(NAME, Animation);
