// Has one peer read the same frames in a browser, the next when the one before is read.

const SIZE = { width: 640, height: 480 };
const WARM = 5;
const LEAST = 20; // frames
const LIMIT_MS = 12_000; // a slow peer gets fewer frames

/** A frame that moves a little, so that nothing is kept from the one before. */
async function scene(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let frame = 0;
  return () => {
    frame++;
    pen.drawImage(image, 4 * Math.sin(frame / 9), 3 * Math.cos(frame / 7));
    return canvas;
  };
}

/**
 * @param {string} probe The address of a module; empty for none.
 * @param {number} frames
 */
export async function measure(probe, frames) {
  const scenes = [await scene("/one.png"), await scene("/six.png")];
  const told = { ready_ms: 0, ms: [], found: [], says: "" };
  if (!probe) return told;
  const begun = performance.now();
  const { load } = await import(probe);
  const read = await load();
  await read(scenes[0]());
  told.ready_ms = performance.now() - begun;
  for (const next of scenes) {
    const took = [];
    let faces = [];
    const until = performance.now() + LIMIT_MS;
    for (let frame = 0; frame < WARM + frames; frame++) {
      if (frame > WARM + LEAST && performance.now() > until) break;
      const picture = next();
      const asked = performance.now();
      faces = await read(picture);
      if (frame >= WARM) took.push(performance.now() - asked);
      await new Promise((done) => setTimeout(done));
    }
    told.ms.push(took);
    told.found.push(faces.length);
    told.says ||= faces[0] ?? "";
  }
  return told;
}
