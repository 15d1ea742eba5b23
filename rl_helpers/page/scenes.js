// Draws the environments that we know from their states, on a canvas. Lengths are in the environment's own units.
// `scene` is what rl_helpers/scenes.py describes: its kind, its constants and the course's colours.

const WIDTH = 480, HEIGHT = 280; // as rl_helpers/envs/render.py

function disc(pen, x, y, radius, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function line(pen, points, width, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}

function polygon(pen, points, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.fill();
}

// A horizontal arrow of `length` pixels, to the left when negative; nothing for 0.
function arrow(pen, x, y, length, colour) {
  if (!length) return;
  const head = 7 * Math.sign(length);
  line(pen, [[x, y], [x + length - head, y]], 3, colour);
  polygon(pen, [[x + length, y], [x + length - 1.4 * head, y - 6], [x + length - 1.4 * head, y + 6]], colour);
}

const drawings = {
  // state: cart position (m), pole angle (rad), push (-1 left, 0 none, 1 right)
  cartpole(pen, scene, [x, theta, push]) {
    const { paper, shade, grey, ink, orange, blue } = scene.colours;
    const scale = WIDTH / (2 * scene.max_x + 0.9);
    const at = (right, up) => [WIDTH / 2 + right * scale, HEIGHT * 0.82 - up * scale];
    const [axle_x, axle_y] = at(x, 0.3);
    pen.fillStyle = shade;
    pen.beginPath();
    pen.moveTo(axle_x, axle_y);
    pen.arc(axle_x, axle_y, scene.length * scale, -Math.PI / 2 - scene.max_theta, -Math.PI / 2 + scene.max_theta);
    pen.fill();
    line(pen, [at(-scene.max_x, 0), at(scene.max_x, 0)], 2, grey);
    for (const end of [-scene.max_x, scene.max_x]) line(pen, [at(end, -0.08), at(end, 0.08)], 4, grey);
    for (const wheel of [-0.17, 0.17]) disc(pen, ...at(x + wheel, 0.07), 0.07 * scale, ink);
    pen.fillStyle = ink;
    pen.beginPath();
    pen.roundRect(...at(x - 0.32, 0.34), 0.64 * scale, 0.26 * scale, 0.05 * scale);
    pen.fill();
    const tip = at(x + scene.length * Math.sin(theta), 0.3 + scene.length * Math.cos(theta));
    line(pen, [[axle_x, axle_y], tip], 0.1 * scale, orange);
    disc(pen, axle_x, axle_y, 0.035 * scale, paper);
    arrow(pen, ...at(x + 0.45 * push, 0.2), 30 * push, blue);
  },

  // state: position, push (-1, 0, 1)
  mountain_car(pen, scene, [position, push]) {
    const { shade, grey, ink, vermilion, blue } = scene.colours;
    const margin = 0.12, left = scene.min_position - margin, right = scene.max_position + margin;
    const scale = WIDTH / (right - left);
    const ground = (x) => 0.45 * Math.sin(3 * x);
    const at = (x, up) => [(x - left) * scale, 0.58 * HEIGHT - up * scale];
    const track = Array.from({ length: 121 }, (_, i) => left + ((right - left) * i) / 120).map((x) => at(x, ground(x)));
    polygon(pen, [...track, [WIDTH, HEIGHT], [0, HEIGHT]], shade);
    line(pen, track, 2, grey);
    const wall = scene.min_position - 0.085;
    line(pen, [at(wall, ground(wall)), at(wall, ground(wall) + 0.14)], 5, grey);
    const flag = scene.goal_position, foot = ground(flag);
    line(pen, [at(flag, foot), at(flag, foot + 0.24)], 3, ink);
    polygon(pen, [at(flag, foot + 0.24), at(flag, foot + 0.14), at(flag + 0.11, foot + 0.19)], vermilion);
    const slope = Math.atan(1.35 * Math.cos(3 * position));
    pen.save();
    pen.translate(...at(position, ground(position)));
    pen.rotate(-slope);
    pen.fillStyle = blue;
    pen.fillRect(-0.07 * scale, -0.075 * scale, 0.14 * scale, 0.05 * scale);
    polygon(pen, [[-0.04, -0.07], [0.035, -0.07], [0.02, -0.115], [-0.03, -0.115]].map(([a, b]) => [a * scale, b * scale]), blue);
    for (const wheel of [-0.042, 0.042]) disc(pen, wheel * scale, -0.025 * scale, 0.025 * scale, ink);
    arrow(pen, 0.09 * scale * push, -0.05 * scale, 28 * push, ink);
    pen.restore();
  },

  // state: angle (rad, 0 upright, positive to the left as in gymnasium's pictures), torque as a share of the largest
  pendulum(pen, scene, [theta, torque]) {
    const { shade, ink, orange, blue, sky } = scene.colours;
    const x = WIDTH / 2, y = HEIGHT / 2, length = 0.4 * HEIGHT, rod = 0.92 * length;
    pen.strokeStyle = shade;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(x, y, length - 1.5, 0, 2 * Math.PI);
    pen.stroke();
    disc(pen, x, y - length, 9, sky); // where the tip should be
    line(pen, [[x, y], [x - rod * Math.sin(theta), y - rod * Math.cos(theta)]], 18, orange);
    disc(pen, x, y, 5.5, ink);
    if (Math.abs(torque) < 0.02) return;
    const from = Math.PI / 2, to = from - 1.9 * torque; // positive torque turns to the left
    const end = [x + 42 * Math.cos(to), y + 42 * Math.sin(to)];
    pen.strokeStyle = blue;
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(x, y, 42, from, to, torque > 0);
    pen.stroke();
    const turn = to - Math.sign(torque) * 0.3;
    polygon(pen, [[x + 42 * Math.cos(turn), y + 42 * Math.sin(turn)],
      [end[0] + 8 * Math.cos(to), end[1] + 8 * Math.sin(to)], [end[0] - 8 * Math.cos(to), end[1] - 8 * Math.sin(to)]], blue);
  },

  // state: a picture that has been loaded
  picture(pen, scene, [image]) {
    const scale = Math.min(WIDTH / image.width, HEIGHT / image.height);
    const width = image.width * scale, height = image.height * scale;
    pen.drawImage(image, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  },
};

// Draws one state, sharp on every screen.
function draw(canvas, scene, state) {
  const density = Math.max(1, window.devicePixelRatio || 1);
  canvas.width = WIDTH * density;
  canvas.height = HEIGHT * density;
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.fillStyle = scene.colours.paper;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  drawings[scene.kind](pen, scene, state);
}
