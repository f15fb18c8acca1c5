// The photo tab: takes photos, has them read one after the other, and shows what was found.

import { make, prepare } from "../shared/common.js";
import { dress } from "../shared/dom.js";

export async function start({ element, props, server, upload }) {
await dress(import.meta.url, "../shared/page.css", "photo.css", "detail.css");
const { LANGUAGE, TEXTS, numbers, percents, find, say, percent } = await prepare(element);
const root = find(".photo");
const part = (name) => find(`[data-part="${name}"]`);
const setting = (name) => find(`[data-set="${name}"]`);
const button = (action) => find(`[data-do="${action}"]`);
const PALETTE = props.palette;
const EXPRESSIONS = Object.keys(PALETTE).filter((name) => name !== "uncertain");
const SENT_AS_IS = 1_000_000; // bytes: larger photos are scaled down here, which saves the upload
const PLAIN = ["image/jpeg", "image/png", "image/webp"];
const SLOW_MS = 1500;
const megabytes = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });

let photos = []; // { name, file, thumbnail, state: "waiting" | "read" | "failed", answer }
let shown = null; // one of them
let chosen = 0; // a face of it
let working = false;
let language = "python";

// --- taking photos ------------------------------------------------------------------------

part("hint").textContent = say("drop_hint", { mb: props.max_mb });
const chooser = find("input[type=file]");
chooser.addEventListener("change", () => {
  add([...chooser.files]);
  chooser.value = "";
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  root.addEventListener(kind, (event) => {
    event.preventDefault();
    root.classList.toggle("over", kind === "dragover");
    if (kind === "drop") add([...event.dataTransfer.files]);
  });
}

document.addEventListener("paste", (event) => {
  if (!root.isConnected || !root.offsetParent || !event.clipboardData?.files.length) return;
  event.preventDefault();
  add([...event.clipboardData.files]);
});

for (const { name, path } of props.examples) {
  const url = `${window.gradio_config.root}/gradio_api/file=${path}`;
  const image = make("img", { src: url, alt: "", loading: "lazy", width: 72, height: 72 });
  const title = TEXTS["example_" + name] || name;
  const open = make("button", { type: "button", "data-example": name }, image, make("span", {}, title));
  open.addEventListener("click", async () => {
    const blob = await (await fetch(url)).blob();
    add([new File([blob], name + ".jpg", { type: blob.type })]);
  });
  part("examples").append(make("li", {}, open));
}
find(".offers").hidden = !props.examples.length;

function add(files) {
  if (!files.length) return;
  if (files.length === 1 && photos.length < 2) clear();
  const added = files.map((file) => ({
    name: file.name.slice(0, 200),
    file,
    thumbnail: URL.createObjectURL(file),
    state: "waiting",
    answer: null,
  }));
  photos.push(...added);
  if (!shown) shown = added[0];
  draw();
  work();
}

function clear() {
  photos.forEach((photo) => URL.revokeObjectURL(photo.thumbnail));
  photos = [];
  shown = null;
  draw();
}

button("clear").addEventListener("click", () => {
  clear();
  chooser.focus();
});
button("again").addEventListener("click", () => {
  photos.forEach((photo) => (photo.state = "waiting"));
  work();
});

// --- settings -----------------------------------------------------------------------------

for (const [name, choices] of Object.entries({ model: props.models, detector: props.detectors })) {
  setting(name).append(
    ...choices.map((each) => make("option", { value: each }, each === "auto" ? say("set_auto") : each))
  );
}
setting("smallest").min = props.smallest_face;
setting("smallest").value = props.smallest_face;

function drawSettings() {
  const certainty = Number(setting("certainty").value) / 100;
  part("certainty").textContent = certainty ? percents.format(certainty) : say("set_own");
  part("smallest").textContent = say("set_pixels", { n: numbers.format(setting("smallest").value) });
  root.classList.toggle("unlabelled", !setting("labels").checked);
}
drawSettings();
find(".settings").addEventListener("input", () => {
  drawSettings();
  button("again").hidden = !photos.length;
});

// --- reading ------------------------------------------------------------------------------

async function work() {
  if (working) return;
  working = true;
  const began = photos.filter((photo) => photo.state === "waiting").length;
  for (let photo; (photo = photos.find((each) => each.state === "waiting")); ) {
    const waiting = photos.filter((each) => each.state === "waiting").length;
    const all = Math.max(began, waiting);
    const [done, many] = [all - waiting + 1, all > 1];
    busy(many ? say("working_many", { done, all }) : say("working"), many ? (done - 1) / all : null);
    photo.answer = await watched(read(photo));
    photo.state = photo.answer.error ? "failed" : "read";
    announce(photo);
    draw();
  }
  working = false;
  busy(null);
  button("again").hidden = true;
}

// Says what takes so long, while it does.
async function watched(reading) {
  let finished = false;
  reading.finally(() => (finished = true));
  const sleep = () => Promise.race([reading, new Promise((done) => setTimeout(done, SLOW_MS))]);
  for (await sleep(); !finished; await sleep()) {
    const state = await server.under_way(networks()).catch(() => null);
    if (finished || !state) continue;
    const [download] = state.downloads || [];
    if (download) {
      const [done, all] = [download.done, download.total].map((bytes) => megabytes.format(bytes / 1e6));
      busy(say("fetching", { model: shortName(download.name), done, all }), download.done / (download.total || 1));
    } else if (!state.loaded) {
      busy(say("waking"));
    }
  }
  return reading;
}

// The file of a long address: hf://owner/repo/file.onnx@revision.
const shortName = (name) => name.replace(/^.*\//, "").replace(/@.*$/, "");

const networks = () => ({ model: setting("model").value, detector: setting("detector").value });

async function read(photo) {
  if (photo.file.size > props.max_mb * 1_000_000 && !photo.file.type.startsWith("image/")) {
    return { error: "too_large" };
  }
  try {
    const answer = await server.read_photo({
      ...(await parcel(photo.file)),
      ...networks(),
      certainty: Number(setting("certainty").value) / 100,
      smallest_face: Number(setting("smallest").value),
      labels: setting("labels").checked,
    });
    return answer && (answer.faces || answer.error) ? answer : { error: "lost" };
  } catch {
    return { error: "lost" };
  }
}

// The photo as the server wants it: small enough, and in memory where the browser can open it.
async function parcel(file) {
  if (PLAIN.includes(file.type) && file.size <= SENT_AS_IS) return { image: await dataUrl(file) };
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, props.max_side / Math.max(image.width, image.height));
    const paper = make("canvas", {
      width: Math.max(1, Math.round(image.width * scale)),
      height: Math.max(1, Math.round(image.height * scale)),
    });
    const pen = paper.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, paper.width, paper.height);
    image.close();
    return { image: paper.toDataURL("image/jpeg", 0.92) };
  } catch {
    return { path: (await upload(file)).path };
  }
}

function dataUrl(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
}

// --- words --------------------------------------------------------------------------------

const verdictOf = (face) => face.expression || "uncertain";
const titleOf = (name) => `${PALETTE[name].symbol} ${say(name)}`;

function sentence(face) {
  return face.expression ? `${say(face.expression)} ${percent(face.probability)}` : say("uncertain");
}

function excuse(answer) {
  if (answer.error === "lost" || answer.error === "busy") return say(answer.error);
  if (LANGUAGE === "en" && answer.message) return answer.message;
  return say("error_" + answer.error);
}

function announce(photo) {
  const { answer, name } = photo;
  part("announce").textContent = answer.error
    ? `${name}: ${excuse(answer)}`
    : `${say("done", { name, faces: answer.faces.length })} ${answer.faces.map(sentence).join(", ")}`;
}

// --- showing ------------------------------------------------------------------------------

function busy(text, share = null) {
  find(".busy").hidden = !text;
  root.setAttribute("aria-busy", String(Boolean(text)));
  if (!text) return;
  part("busy").textContent = text;
  if (share === null) find("progress").removeAttribute("value");
  else find("progress").value = share;
}

function paint(node, name) {
  node.style.setProperty("--colour", PALETTE[name].colour);
  node.style.setProperty("--ink", PALETTE[name].ink);
  node.classList.toggle("unsure", name === "uncertain");
  return node;
}

function draw() {
  root.dataset.state = photos.length ? "some" : "empty";
  drawRoom();
  drawGallery();
  drawDetail();
}

function drawRoom() {
  const faces = photos.flatMap((photo) => photo.answer?.faces || []);
  find(".room").hidden = photos.length < 2 || !faces.length;
  part("room-note").textContent = say("room_note", { photos: photos.length, faces: faces.length });
  const counts = Object.keys(PALETTE)
    .map((name) => [name, faces.filter((face) => verdictOf(face) === name).length])
    .filter(([, count]) => count)
    .sort((a, b) => (a[0] === "uncertain") - (b[0] === "uncertain") || b[1] - a[1]);
  find(".whole").replaceChildren(
    ...counts.map(([name, count]) => {
      const piece = paint(make("span"), name);
      piece.style.flexGrow = count;
      return piece;
    })
  );
  find(".legend").replaceChildren(
    ...counts.map(([name, count]) => {
      const share = make("b", {}, percents.format(count / faces.length));
      return paint(make("li", { "data-mood": name }, titleOf(name) + " ", share), name);
    })
  );
}

function moodOf(photo) {
  if (photo.state === "failed") return [`⚠️ ${say("gallery_error")}`, ""];
  if (photo.state === "waiting") return ["…", ""];
  const names = photo.answer.faces.map(verdictOf);
  if (!names.length) return [say("gallery_none"), ""];
  const count = (name) => names.filter((each) => each === name).length;
  const sure = names.filter((name) => name !== "uncertain");
  const top = (sure.length ? sure : names).reduce((a, b) => (count(b) > count(a) ? b : a));
  return [titleOf(top), say("faces", { faces: names.length })];
}

function drawGallery() {
  find(".gallery").hidden = photos.length < 2;
  find(".gallery ul").replaceChildren(
    ...photos.map((photo) => {
      const [mood, faces] = moodOf(photo);
      const image = make("img", { src: photo.thumbnail, alt: "", width: 120, height: 90 });
      image.addEventListener("error", () => (image.style.visibility = "hidden"));
      const open = make(
        "button",
        { type: "button", "aria-pressed": String(photo === shown), onclick: () => show(photo) },
        image,
        make("span", { class: "name" }, photo.name),
        make("span", { class: "mood" }, mood),
        make("span", { class: "name" }, faces)
      );
      return make("li", {}, open);
    })
  );
}

function show(photo) {
  shown = photo;
  const at = photos.indexOf(photo);
  draw();
  element.querySelectorAll(".gallery button")[at]?.focus();
}

function drawDetail() {
  const answer = shown?.answer;
  find(".detail").hidden = !answer;
  if (!answer) return;
  const failed = shown.state === "failed";
  chosen = 0;
  find(".mat").hidden = failed;
  find(".right").hidden = failed || !answer.faces.length;
  find(".share").hidden = true;
  button("share").setAttribute("aria-expanded", "false");
  button("share").hidden = failed;
  element.querySelectorAll("[data-save]").forEach((link) => (link.hidden = failed));
  part("answered").hidden = failed;
  const notice = find(".notice");
  notice.hidden = !failed && answer.faces.length > 0;
  notice.classList.toggle("bad", failed);
  const px = numbers.format(setting("smallest").value);
  notice.textContent = failed ? `${shown.name}: ${excuse(answer)}` : say("no_face", { px });
  if (failed) return;
  drawPicture(answer);
  drawLinks(answer);
  part("faces").textContent = say("faces", { faces: answer.faces.length });
  part("answered").textContent = say("answered", {
    model: answer.model,
    detector: answer.detector,
    source: say("source_" + answer.source),
    detector_source: say("source_" + answer.detector_source),
    ms: numbers.format(answer.duration_ms),
  });
  find(".cards").replaceChildren(...answer.faces.map(makeCard));
  choose(largest(answer.faces));
}

function largest(faces) {
  const height = ({ bbox_xyxy: box }) => box[3] - box[1];
  return faces.reduce((best, face, at) => (height(face) > height(faces[best]) ? at : best), 0);
}

function drawPicture(answer) {
  const image = find(".picture img");
  const drawn = (yes) => find(".picture").classList.toggle("drawn", yes);
  drawn(false);
  image.onerror = () => {
    image.onerror = null;
    drawn(true); // what the browser cannot open is shown with the frames that the server drew
    image.src = answer.annotated;
  };
  image.src = shown.thumbnail;
  const verdicts = answer.faces.map(sentence).join(", ") || say("gallery_none");
  image.alt = say("photo_alt", { name: shown.name, verdicts });
  find(".hits").replaceChildren(
    ...answer.faces.map((face, at) => {
      const [left, top, right, bottom] = face.bbox_xyxy;
      const label = `${say("face", { n: at + 1 })}: ${sentence(face)}`;
      const words = make("span", { class: "words" }, ` ${sentence(face)}`);
      const tag = make("span", { class: "tag", "aria-hidden": "true" }, PALETTE[verdictOf(face)].symbol, words);
      const hit = make("button", { type: "button", "aria-label": label, onclick: () => choose(at, true) }, tag);
      hit.style.left = (100 * left) / answer.width + "%";
      hit.style.top = (100 * top) / answer.height + "%";
      hit.style.width = (100 * (right - left)) / answer.width + "%";
      hit.style.height = (100 * (bottom - top)) / answer.height + "%";
      const middle = (left + right) / 2 / answer.width;
      hit.classList.toggle("begin", middle < 0.25);
      hit.classList.toggle("end", middle > 0.75);
      hit.classList.toggle("low", top / answer.height < 0.1);
      return paint(hit, verdictOf(face));
    })
  );
}

// Words where there is room for them, beginning with the chosen face and the large ones; a symbol
// that would lie on another or outside goes to the other side of its face, or waits until it is pointed at.
function placeTags() {
  const hits = [...element.querySelectorAll(".hits button")];
  const rooms = new Map(hits.map((hit) => [hit, hit.getBoundingClientRect()]));
  const first = hits[chosen];
  const weight = (hit) => (hit === first ? Infinity : rooms.get(hit).height);
  const picture = find(".picture").getBoundingClientRect();
  const tags = [];
  for (const hit of hits.sort((a, b) => weight(b) - weight(a))) {
    hit.classList.remove("tight", "turned", "mute");
    const room = () => find(".tag", hit).getBoundingClientRect();
    const onTag = () => tags.some((other) => touch(room(), other));
    const onFace = () => hits.some((other) => other !== hit && touch(room(), rooms.get(other)));
    if (hit !== first && (onTag() || onFace())) hit.classList.add("tight");
    const astray = () => onTag() || room().top < picture.top || room().bottom > picture.bottom;
    if (astray()) hit.classList.add("turned");
    if (astray()) hit.classList.remove("turned");
    if (hit !== first && astray()) hit.classList.add("mute");
    else tags.push(room());
  }
}
new ResizeObserver(placeTags).observe(find(".picture"));

const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function drawLinks(answer) {
  const stem = shown.name.replace(/\.[^.]*$/, "") || "photo";
  const blob = (text, type) => URL.createObjectURL(new Blob([text], { type }));
  const files = {
    photo: [answer.annotated, "-mood.jpg"],
    json: [blob(JSON.stringify(answer.json, null, 2), "application/json"), "-mood.json"],
    csv: [blob(answer.csv, "text/csv"), "-mood.csv"],
  };
  for (const [kind, [href, ending]] of Object.entries(files)) {
    const link = find(`[data-save="${kind}"]`);
    if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
    link.href = href;
    link.download = stem + ending;
  }
}

// --- faces --------------------------------------------------------------------------------

function makeCard(face, at) {
  const crop = make("img", { src: face.crop, alt: say("crop_alt", { n: at + 1 }), class: "crop" });
  const verdict = paint(make("span", { class: "verdict" }, titleOf(verdictOf(face))), verdictOf(face));
  const share = face.expression ? make("span", { class: "share-of" }, percent(face.probability)) : null;
  const head = make(
    "button",
    { type: "button", class: "head", onclick: () => choose(at), "aria-expanded": "false" },
    make("span", { class: "quiet" }, say("face", { n: at + 1 })),
    verdict,
    share
  );
  const order = [...EXPRESSIONS].sort((a, b) => face.probabilities[b] - face.probabilities[a]);
  const bars = make("ul", { class: "bars" }, ...order.map((name) => makeBar(face, name)));
  const note = face.expression ? null : make("p", { class: "quiet wide" }, say("uncertain_note"));
  const more = make(
    "div",
    { class: "more" },
    note,
    make("p", { class: "quiet" }, say("crop_note", { width: face.crop_wh[0], height: face.crop_wh[1] })),
    make("button", { type: "button", "data-do": "why", onclick: (event) => why(face, event.target) }, say("why")),
    make("p", { class: "quiet reason", role: "status" })
  );
  const stage = make("div", { class: "stage" }, crop);
  return make("article", { class: "card", "data-face": at + 1 }, stage, head, bars, more);
}

function makeBar(face, name) {
  const known = !face.unknown.includes(name);
  const fill = make("span");
  fill.style.width = (100 * face.probabilities[name]).toFixed(1) + "%";
  const bar = known ? make("span", { class: "bar", "aria-hidden": "true" }, fill) : null;
  const value = known ? percent(face.probabilities[name]) : say("unknown");
  const words = make("span", { class: "name" }, titleOf(name));
  const row = make("li", { "data-expression": name }, words, bar, make("span", { class: "value" }, value));
  row.classList.toggle("unknown", !known);
  return paint(row, name);
}

function choose(at, scroll = false) {
  chosen = at;
  element.querySelectorAll(".card").forEach((card, index) => {
    card.classList.toggle("chosen", index === at);
    find(".head", card).setAttribute("aria-expanded", String(index === at));
  });
  element.querySelectorAll(".hits button").forEach((hit, index) => {
    hit.setAttribute("aria-pressed", String(index === at));
  });
  placeTags();
  if (!scroll) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const card = element.querySelectorAll(".card")[at];
  card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

async function why(face, asked) {
  const card = asked.closest(".card");
  asked.disabled = true;
  let answer;
  try {
    answer = await server.explain_face({ image: face.crop, expression: face.top, ...networks() });
  } catch {
    answer = { error: "lost" };
  }
  asked.disabled = false;
  const reason = find(".reason", card);
  if (!answer?.map) {
    reason.textContent = excuse(answer || { error: "lost" });
    return;
  }
  const rows = answer.map.map((row) => Math.max(...row));
  const strongest = Math.max(...answer.map.flat().map(Math.abs));
  const at = rows.indexOf(Math.max(...rows)) / (rows.length - 1);
  const where = say(at < 0.35 ? "why_top" : at < 0.7 ? "why_middle" : "why_bottom");
  find("canvas", card)?.remove();
  if (strongest < 0.1) { // of the logarithm of the odds
    reason.textContent = say("why_none");
    return;
  }
  find(".stage", card).append(heatMap(answer.map, strongest, say("why_alt", { part: where })));
  reason.textContent = say("why_note", { expression: say(face.top), part: where });
}

function heatMap(map, strongest, label) {
  const small = make("canvas", { width: map[0].length, height: map.length });
  const pixels = small.getContext("2d").createImageData(small.width, small.height);
  map.flat().forEach((value, index) => {
    const [red, green, blue] = value > 0 ? [255, 106, 0] : [30, 120, 255];
    pixels.data.set([red, green, blue, 215 * Math.abs(value / strongest)], index * 4);
  });
  small.getContext("2d").putImageData(pixels, 0, 0);
  const large = make("canvas", { width: 192, height: 192, role: "img", "aria-label": label });
  const pen = large.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, large.width, large.height);
  return large;
}

// --- sharing ------------------------------------------------------------------------------

const single = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const CODE = {
  python: (url, name) => `from gradio_client import Client, handle_file

client = Client(${JSON.stringify(url)}, httpx_kwargs={"timeout": 120})
print(client.predict(image=handle_file(${JSON.stringify(name)}), api_name="/analyze"))`,
  javascript: (url, name) => `import { readFile } from "node:fs/promises";
import { Client } from "@gradio/client";

const client = await Client.connect(${JSON.stringify(url)});
const image = new Blob([await readFile(${JSON.stringify(name)})]);
const { data } = await client.predict("/analyze", { image });
console.log(JSON.stringify(data[0], null, 2));
client.close();`,
  curl: (url, name) => `url=${single(url)}
file=$(curl -s -F ${single("files=@" + name)} "$url/gradio_api/upload" | tr -d '[]"')
call=$(curl -s "$url/gradio_api/call/analyze" -H 'Content-Type: application/json' \\
  -d "{\\"data\\": [{\\"path\\": \\"$file\\", \\"meta\\": {\\"_type\\": \\"gradio.FileData\\"}}]}" |
  cut -d'"' -f4)
curl -sN "$url/gradio_api/call/analyze/$call"`,
};

function drawCode() {
  const url = (window.gradio_config.root || location.origin + location.pathname).replace(/\/$/, "");
  find(".share code").textContent = CODE[language](url, shown.name);
  element.querySelectorAll("[data-code]").forEach((each) => {
    each.setAttribute("aria-pressed", String(each.dataset.code === language));
  });
  button("copy").textContent = say("copy");
}

button("share").addEventListener("click", () => {
  const share = find(".share");
  share.hidden = !share.hidden;
  button("share").setAttribute("aria-expanded", String(!share.hidden));
  drawCode();
});
for (const each of element.querySelectorAll("[data-code]")) {
  each.addEventListener("click", () => {
    language = each.dataset.code;
    drawCode();
  });
}
button("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(find(".share code").textContent);
  button("copy").textContent = say("copied");
});
root.hidden = false;
}
