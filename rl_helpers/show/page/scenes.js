// The canvas painter of scenes (rl_helpers/envs/base.py): shapes in the environment's own units, y upwards.

const WIDTH = 480, HEIGHT = 280;
const numbers = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

const painters = {
  polygon(pen, { points }) {
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.fill();
  },
  line(pen, { points, width }) {
    pen.lineWidth = width;
    pen.lineCap = pen.lineJoin = "round";
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.stroke();
  },
  circle(pen, { centre, radius }) {
    pen.beginPath();
    pen.arc(...centre, radius, 0, 2 * Math.PI);
    pen.fill();
  },
};

function paintAll(pen, shapes) {
  for (const shape of shapes) {
    pen.fillStyle = pen.strokeStyle = COLOURS[shape.colour];
    painters[shape.shape](pen, shape);
  }
}

// poses: x, y, angle of each body; a body at NaN is hidden.
function paintScene(pen, scene, poses) {
  const [left, bottom, right, top] = scene.window;
  const scale = Math.min(WIDTH / (right - left), HEIGHT / (top - bottom));
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.scale(scale, -scale);
  pen.translate(-(left + right) / 2, -(bottom + top) / 2);
  paintAll(pen, scene.still);
  scene.bodies.forEach((body, place) => {
    const [x, y, angle] = poses.slice(3 * place, 3 * place + 3);
    if (Number.isNaN(x)) return;
    pen.save();
    pen.translate(x, y);
    pen.rotate(angle);
    paintAll(pen, body);
    pen.restore();
  });
}

// An image that has been loaded, of an environment that drew itself.
function paintImage(pen, image) {
  const scale = Math.min(WIDTH / image.width, HEIGHT / image.height);
  const width = image.width * scale, height = image.height * scale;
  pen.drawImage(image, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
}

// Lets `paint` draw on the canvas, sharp on every screen.
function draw(canvas, paint, ...what) {
  const density = Math.max(1, window.devicePixelRatio || 1);
  canvas.width = WIDTH * density;
  canvas.height = HEIGHT * density;
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.fillStyle = COLOURS.paper;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  paint(pen, ...what);
}
