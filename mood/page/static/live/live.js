// The live tab: camera, frames to the server, frames around faces, and the chart over time.

import { make, prepare } from "../shared/common.js";
import { dress } from "../shared/dom.js";

export async function start({ element, props, server }) {
await dress(import.meta.url, "../shared/page.css", "live.css", "record.css");
const { find, say, percent } = await prepare(element);
const LOOKS = Object.entries(props.palette).map(([name, look]) => ({ name, ...look }));
const EXPRESSIONS = LOOKS.filter((each) => each.name !== "uncertain");
const UNCERTAIN = LOOKS.find((each) => each.name === "uncertain");
const BY_NAME = Object.fromEntries(EXPRESSIONS.map((each) => [each.name, each]));
const SPAN_S = 120;
const POINT_EVERY_S = 0.2;
const MOST_ROWS = 6;
const FRAME_EVERY_MS = 1000 / 30;
const REDRAW_MS = 250;
const RETRY_MS = 1500;
const SIDES = { large: 640, small: 320 }; // pixels of the longer side of a frame that is sent
const SLOW_MS = 400; // round trips longer than this get small frames

const root = find(".live");
const stage = find(".stage");
const video = find("video");
const overlay = find(".overlay");
const paper = document.createElement("canvas");
const viewer = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
  byte.toString(16).padStart(2, "0")
).join("");

let run = 0; // counts up with every start, pause and stop: a loop of an older run ends
let stream = null;
let facing = "user";
let device = null;
let mirrored = true;
let side = SIDES.large;
let arrivals = [];
let roundTrip = 0;
let fresh = false; // the camera has a picture that was not sent yet
let wake = () => {};
let trouble = false; // the last answer was none, or held no faces
let boxes = new Map(); // face → its frame over the video
let cards = new Map(); // face → its card
let rows = new Map(); // face → { points, canvas, … }
let announced = new Map(); // face → the verdict that was read out
let latest = []; // faces of the last answer
let sessionTime = 0;

// --- words ---------------------------------------------------------------------------------

const nameOf = (expression) => say(expression.name);
const verdictOf = (face) => (face.verdict ? BY_NAME[face.verdict] : UNCERTAIN);

function show(state, key = null, values = {}) {
  const held = root.contains(document.activeElement) && document.activeElement;
  root.dataset.state = state;
  const on = state === "running" || state === "paused";
  const text = key ? say(key, values) : "";
  find(".status").textContent = on || state === "asking" ? text : "";
  find(".message").textContent = on || state === "asking" ? "" : text;
  button("stop").disabled = !on && state !== "asking";
  button("pause").disabled = !on;
  button("pause").textContent = say(state === "paused" ? "live_resume" : "live_pause");
  button("start").disabled = state === "asking";
  // Whoever uses the keyboard goes on where the button that went away led to.
  if (held && !held.offsetParent) button(state === "idle" ? "start" : "stop").focus();
}

const button = (action) => find(`[data-do="${action}"]`);

// --- the camera ----------------------------------------------------------------------------

async function start() {
  const mine = ++run;
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    return show("idle", "live_insecure");
  }
  show("asking", "live_asking");
  let opened;
  try {
    opened = await openCamera();
  } catch (error) {
    if (mine === run) show("idle", reason(error));
    return;
  }
  if (mine !== run) return close(opened);
  useCamera(opened);
  offerSwitch();
  loop(mine);
}

function openCamera() {
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: facing } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
}

function useCamera(opened) {
  stream = opened;
  const track = opened.getVideoTracks()[0];
  // Only a camera that says it looks away from the viewer is shown as it is.
  mirrored = track.getSettings().facingMode !== "environment";
  stage.classList.toggle("mirrored", mirrored);
  track.addEventListener("ended", () => stream === opened && stop("live_missing"));
  video.srcObject = opened;
  video.requestVideoFrameCallback?.(onPicture);
  video.play().catch(() => {});
}

function reason(error) {
  return (
    {
      NotAllowedError: "live_refused",
      SecurityError: "live_refused",
      NotFoundError: "live_missing",
      OverconstrainedError: "live_missing",
      NotReadableError: "live_busy",
      AbortError: "live_busy",
    }[error.name] || "live_failed"
  );
}

function close(opened) {
  opened?.getTracks().forEach((track) => track.stop());
}

async function offerSwitch() {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(
    (each) => each.kind === "videoinput"
  );
  button("switch").hidden = cameras.length < 2;
}

async function switchCamera() {
  const settings = stream?.getVideoTracks()[0]?.getSettings() || {};
  if (settings.facingMode) {
    facing = settings.facingMode === "environment" ? "user" : "environment";
    device = null;
  } else {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(
      (each) => each.kind === "videoinput"
    );
    const now = cameras.findIndex((each) => each.deviceId === settings.deviceId);
    device = cameras[(now + 1) % cameras.length]?.deviceId || null;
  }
  close(stream); // a phone opens one camera at a time
  clearOverlay();
  start();
}

function stop(key = "live_stopped") {
  if (root.dataset.state === "idle") return;
  run++;
  close(stream);
  stream = null;
  video.srcObject = null;
  clearOverlay();
  clearCards();
  show("idle", key);
  server.live_leave({ viewer });
}

function togglePause() {
  const mine = ++run;
  if (root.dataset.state === "paused") return loop(mine);
  clearOverlay();
  show("paused", "live_paused");
  server.live_leave({ viewer });
}

// --- frames --------------------------------------------------------------------------------

async function loop(mine) {
  let waiting = false;
  let last = 0;
  arrivals = [];
  show("running", "live_loading");
  while (mine === run) {
    if (!element.isConnected) return stop();
    await nextPicture(last + FRAME_EVERY_MS - performance.now());
    if (mine !== run) return;
    if (!video.videoWidth) continue;
    last = performance.now();
    const answer = await server.live_frame({
      viewer,
      image: waiting ? null : capture(),
      width: video.videoWidth,
      height: video.videoHeight,
      time_s: last / 1000,
    });
    if (mine !== run) return;
    waiting = answer?.state === "wait";
    trouble = answer?.state !== "ok";
    if (answer?.state === "ok") {
      measure(performance.now() - last);
      take(answer);
    } else if (answer?.state !== "ready") {
      clearOverlay();
      const keys = { wait: "live_wait", busy: "busy", error: "error_" + answer?.error };
      const key = keys[answer?.state] || "live_lost";
      show("running", key, answer || {});
      await sleep(RETRY_MS);
    }
  }
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Resolves when the camera has a picture that was not sent yet.
async function nextPicture(ms) {
  if (ms > 0) await sleep(ms);
  if (video.requestVideoFrameCallback && !fresh) {
    // The timer is for a video that stands still.
    await Promise.race([new Promise((done) => (wake = done)), sleep(200)]);
  }
  fresh = false;
}

function onPicture() {
  fresh = true;
  wake();
  if (stream) video.requestVideoFrameCallback(onPicture);
}

function capture() {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  paper.width = Math.round(video.videoWidth * scale);
  paper.height = Math.round(video.videoHeight * scale);
  paper.getContext("2d").drawImage(video, 0, 0, paper.width, paper.height);
  return paper.toDataURL("image/jpeg", 0.8);
}

function measure(ms) {
  const now = performance.now();
  arrivals.push(now);
  arrivals = arrivals.filter((then) => now - then < 3000);
  roundTrip = roundTrip ? 0.8 * roundTrip + 0.2 * ms : ms;
  if (roundTrip > SLOW_MS) side = SIDES.small;
  else if (roundTrip < SLOW_MS / 4) side = SIDES.large;
}

function rate() {
  if (arrivals.length < 2) return 0;
  return (1000 * (arrivals.length - 1)) / (arrivals[arrivals.length - 1] - arrivals[0]);
}

function take(answer) {
  latest = answer.faces;
  sessionTime = answer.time_s;
  drawOverlay();
  latest.filter((face) => !face.missing).forEach(remember);
  if (answer.summary) drawSession(answer.summary);
}

// --- frames around faces -------------------------------------------------------------------

function drawOverlay() {
  const seen = new Set();
  for (const face of latest) {
    seen.add(face.number);
    let box = boxes.get(face.number);
    if (!box) {
      box = document.createElement("div");
      box.className = "box";
      box.innerHTML = '<span class="tag"><b></b><i></i></span>';
      box.dataset.face = face.number;
      boxes.set(face.number, box);
      overlay.append(box);
    }
    const [left, top, right, bottom] = face.box;
    const x = mirrored ? video.videoWidth - right : left;
    place(box, "left", x / video.videoWidth);
    place(box, "top", top / video.videoHeight);
    place(box, "width", (right - left) / video.videoWidth);
    place(box, "height", (bottom - top) / video.videoHeight);
    box.classList.toggle("low", top / video.videoHeight < 0.1);
    const middle = (x + (right - left) / 2) / video.videoWidth;
    box.classList.toggle("start", middle < 0.2);
    box.classList.toggle("end", middle > 0.8);
    box.classList.toggle("missing", face.missing);
    box.classList.toggle("unsure", !face.verdict);
    paint(box, verdictOf(face));
    if (box.dataset.verdict !== verdictOf(face).name || due(box)) {
      box.dataset.verdict = verdictOf(face).name;
      box.querySelector("b").textContent = label(face);
      box.querySelector("i").textContent = face.verdict ? percent(topShare(face)) : "";
    }
  }
  for (const [number, box] of boxes) {
    if (!seen.has(number)) {
      box.remove();
      boxes.delete(number);
    }
  }
}

function place(box, what, share) {
  box.style[what] = (100 * share).toFixed(2) + "%";
}

function paint(node, expression) {
  node.style.setProperty("--colour", expression.colour);
  node.style.setProperty("--ink", expression.ink);
}

const label = (face) => verdictOf(face).symbol + " " + nameOf(verdictOf(face));
const topShare = (face) => face.shares[EXPRESSIONS.indexOf(BY_NAME[face.verdict])];

// Numbers that change more often than this cannot be read.
function due(node) {
  const now = performance.now();
  if (now - (node.written || 0) < REDRAW_MS) return false;
  node.written = now;
  return true;
}

function clearOverlay() {
  latest = [];
  boxes.forEach((box) => box.remove());
  boxes.clear();
}

// --- cards ---------------------------------------------------------------------------------

function drawCards() {
  const seen = new Set(latest.map((face) => face.number));
  for (const face of latest) {
    let card = cards.get(face.number);
    if (!card) {
      card = makeCard(face.number);
      cards.set(face.number, card);
      find(".faces").append(card);
    }
    paint(card, verdictOf(face));
    card.querySelector("strong").textContent = label(face);
    const order = EXPRESSIONS.map((_, index) => index).sort((a, b) => face.shares[b] - face.shares[a]);
    card.querySelectorAll("li").forEach((item, place) => {
      const expression = EXPRESSIONS[order[place]];
      paint(item, expression);
      item.children[0].textContent = nameOf(expression);
      item.children[1].firstChild.style.width = (100 * face.shares[order[place]]).toFixed(1) + "%";
      item.children[2].textContent = percent(face.shares[order[place]]);
    });
    announce(face);
  }
  for (const [number, card] of cards) {
    if (!seen.has(number)) {
      card.remove();
      cards.delete(number);
    }
  }
  find(".faces").previousElementSibling.hidden = cards.size > 0;
}

function makeCard(number) {
  const card = document.createElement("article");
  const bar = "<li><span></span><span class='bar'><span></span></span><span></span></li>";
  card.innerHTML = `<h4></h4><strong></strong><ul>${bar.repeat(3)}</ul>`;
  card.dataset.face = number;
  card.querySelector("h4").textContent = say("face", { n: number });
  return card;
}

function clearCards() {
  cards.forEach((card) => card.remove());
  cards.clear();
  announced.clear();
  find(".faces").previousElementSibling.hidden = false;
}

function announce(face) {
  const { name } = verdictOf(face);
  if (announced.get(face.number) === name) return;
  announced.set(face.number, name);
  find(".announce").textContent =
    say("face", { n: face.number }) + ": " + nameOf(verdictOf(face));
}

// --- the session ---------------------------------------------------------------------------

function drawSession(summary) {
  const shares = EXPRESSIONS.map((each) => [each, summary.shares[each.name]]);
  shares.push([UNCERTAIN, summary.uncertain]);
  const shown = shares.filter(([, share]) => share >= 0.005);
  find(".session .empty").hidden = shown.length > 0;
  find(".sum").hidden = !shown.length;
  const whole = find(".whole");
  whole.replaceChildren(
    ...shown.map(([expression, share]) => {
      const part = document.createElement("span");
      paint(part, expression);
      part.classList.toggle("unsure", expression === UNCERTAIN);
      part.style.flexGrow = share;
      return part;
    })
  );
  shown.sort((a, b) => b[1] - a[1]);
  find(".shares").replaceChildren(
    ...shown.map(([expression, share]) => {
      const item = document.createElement("li");
      paint(item, expression);
      item.classList.toggle("unsure", expression === UNCERTAIN);
      item.append(nameOf(expression), " ", make("b", {}, percent(share)));
      return item;
    })
  );
  find(".facts").replaceChildren(
    say("live_watched") + " ",
    make("b", {}, clock(summary.watched_s)),
    " · " + say("live_changes") + " ",
    make("b", {}, String(summary.changes))
  );
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
}

// --- the chart over time -------------------------------------------------------------------

function remember(face) {
  let row = rows.get(face.number);
  if (!row) {
    row = makeRow(face.number);
    rows.set(face.number, row);
  }
  const points = row.points;
  const newest = points[points.length - 1];
  if (newest && sessionTime - newest.time < POINT_EVERY_S && newest.verdict === face.verdict) return;
  points.push({ time: sessionTime, shares: face.shares, verdict: face.verdict });
}

function makeRow(number) {
  const figure = document.createElement("figure");
  figure.innerHTML = "<figcaption></figcaption><canvas role='img' dir='ltr'></canvas>";
  figure.dataset.face = number;
  figure.firstChild.textContent = say("face", { n: number });
  find(".rows").append(figure);
  return { points: [], figure, canvas: figure.lastChild, number };
}

function drawRows() {
  const from = sessionTime - SPAN_S;
  for (const [number, row] of rows) {
    while (row.points.length && row.points[0].time < from) row.points.shift();
    if (row.points.length) continue;
    row.figure.remove();
    rows.delete(number);
  }
  const shown = [...rows.values()].sort((a, b) => lastTime(b) - lastTime(a)).slice(0, MOST_ROWS);
  for (const row of rows.values()) row.figure.hidden = !shown.includes(row);
  shown.forEach(drawRow);
  const empty = rows.size === 0;
  find(".time .empty").hidden = !empty;
  find(".legend").hidden = empty;
  find(".time .buttons").hidden = empty;
}

const lastTime = (row) => row.points[row.points.length - 1].time;

function drawRow(row) {
  const ratio = window.devicePixelRatio || 1;
  const width = row.canvas.clientWidth;
  const height = row.canvas.clientHeight;
  if (!width) return;
  row.canvas.width = width * ratio;
  row.canvas.height = height * ratio;
  row.canvas.dataset.points = row.points.length;
  const pen = row.canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const axis = 16;
  const strip = 16;
  const area = height - axis - strip - 4;
  const x = (time) => width * (1 - (sessionTime - time) / SPAN_S);
  for (const piece of pieces(row.points)) {
    drawArea(pen, piece, x, area);
    drawStrip(pen, piece, x, area + 4, strip);
  }
  drawAxis(pen, width, height, x, getComputedStyle(row.canvas).color);
  row.canvas.setAttribute(
    "aria-label",
    say("live_timeline_alt", {
      face: say("face", { n: row.number }),
      expression: nameOf(mostly(row.points)),
    })
  );
}

// A gap in time ends a piece.
function pieces(points) {
  const found = [];
  points.forEach((point, index) => {
    if (!index || point.time - points[index - 1].time > 3) found.push([]);
    found[found.length - 1].push(point);
  });
  return found;
}

function drawArea(pen, points, x, height) {
  let floor = points.map(() => 0);
  EXPRESSIONS.forEach((expression, index) => {
    const roof = points.map((point, place) => floor[place] + point.shares[index]);
    pen.beginPath();
    points.forEach((point, place) => pen.lineTo(x(point.time), height * (1 - roof[place])));
    for (let place = points.length - 1; place >= 0; place--) {
      pen.lineTo(x(points[place].time), height * (1 - floor[place]));
    }
    pen.closePath();
    pen.fillStyle = expression.colour;
    pen.fill();
    floor = roof;
  });
}

// The verdict as a band below, with its symbol where there is room.
function drawStrip(pen, points, x, top, height) {
  let begin = 0;
  points.forEach((point, place) => {
    const next = points[place + 1];
    if (next && next.verdict === point.verdict) return;
    const expression = verdictOf(point);
    const left = x(points[begin].time);
    const right = Math.max(x((next || point).time), left + 1);
    pen.fillStyle = expression.colour;
    pen.fillRect(left, top, right - left, height);
    if (!point.verdict) hatch(pen, left, top, right - left, height);
    if (right - left > 22) {
      pen.font = "12px system-ui, sans-serif";
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.fillStyle = expression.ink;
      pen.fillText(expression.symbol, left + 3, top + height / 2 + 1);
    }
    begin = place + 1;
  });
}

function hatch(pen, left, top, width, height) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = "#8a94a6";
  pen.lineWidth = 1;
  pen.beginPath();
  for (let at = left - (left % 6) - height; at < left + width; at += 6) {
    pen.moveTo(at, top + height);
    pen.lineTo(at + height, top);
  }
  pen.stroke();
  pen.restore();
}

function drawAxis(pen, width, height, x, colour) {
  pen.font = "11px system-ui, sans-serif";
  pen.textBaseline = "bottom";
  for (const ago of [0, 30, 60, 90]) {
    const at = x(sessionTime - ago);
    pen.fillStyle = colour;
    pen.textAlign = ago ? "center" : "right";
    pen.fillText(ago ? say("live_seconds", { seconds: ago }) : say("live_now"), at, height);
    if (!ago) continue;
    pen.globalAlpha = 0.25;
    pen.fillRect(at, 0, 1, height - 16);
    pen.globalAlpha = 1;
  }
}

function mostly(points) {
  const counts = new Map();
  points.forEach((point) => {
    const expression = verdictOf(point);
    counts.set(expression, (counts.get(expression) || 0) + 1);
  });
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}

// --- buttons and the page ------------------------------------------------------------------

async function clearAll() {
  await server.live_clear({ viewer });
  rows.forEach((row) => row.figure.remove());
  rows.clear();
  clearOverlay();
  clearCards();
  drawSession({ shares: {}, uncertain: 0, watched_s: 0, changes: 0 });
  drawRows();
}

async function save(kind) {
  const text = await server.live_export({ viewer, kind });
  if (typeof text !== "string") {
    find(".announce").textContent = say("live_nothing");
    return;
  }
  const link = document.createElement("a");
  const type = kind === "csv" ? "text/csv" : "application/json";
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = "mood-session." + kind;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const actions = {
  start,
  stop: () => stop(),
  pause: togglePause,
  switch: switchCamera,
  clear: clearAll,
  csv: () => save("csv"),
  json: () => save("json"),
};

root.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do]");
  if (chosen) actions[chosen.dataset.do]();
});

video.addEventListener("resize", () => {
  if (video.videoWidth) stage.style.aspectRatio = video.videoWidth + " / " + video.videoHeight;
});

// Leaving, by whatever way, turns the camera off.
document.addEventListener("visibilitychange", () => document.hidden && stop("live_left"));
window.addEventListener("pagehide", () => stop("live_left"));
new ResizeObserver(() => root.getClientRects().length || stop("live_left")).observe(root);

setInterval(() => {
  if (root.dataset.state !== "running" || trouble || !arrivals.length) return;
  const fps = rate();
  root.dataset.fps = fps.toFixed(1);
  root.dataset.roundTrip = roundTrip.toFixed(0);
  const values = { fps: fps < 5 ? fps.toFixed(1) : fps.toFixed(0), faces: latest.length };
  show("running", latest.length ? "live_watching" : "live_nobody", values);
  drawCards();
  drawRows();
}, REDRAW_MS);

root.querySelectorAll("[data-label]").forEach((each) =>
  each.setAttribute("aria-label", say(each.dataset.label))
);
find(".legend").replaceChildren(
  ...[...EXPRESSIONS, UNCERTAIN].map((expression) => {
    const item = make("li", {}, nameOf(expression));
    paint(item, expression);
    item.classList.toggle("unsure", expression === UNCERTAIN);
    item.dataset.symbol = expression.symbol;
    return item;
  })
);
find(".legend").hidden = true;
root.hidden = false;
show("idle");
}
