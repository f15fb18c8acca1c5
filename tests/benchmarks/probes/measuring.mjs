// What each probe measures, for peers that run in Node: the counterpart of measuring.py.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ROUNDS = 20;
const LIMIT_MS = 20_000; // of processor time for one photo: a slow peer gets fewer rounds

/** Takes packages from the environment of the peer: the folder that the probe is called in. */
export const require = createRequire(`${process.cwd()}/`);

/** The folder of a package in that environment, with a slash at its end. */
export const folderOf = (name) => `${process.cwd()}/node_modules/${name}/`;

/** A photo as pixels, by sharp: { data, info: { width, height, channels: 3 } }. */
export const decoded = (sharp, path) =>
  sharp(path).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });

/**
 * Prints what importing and reading cost, or why a peer cannot read.
 *
 * @param imported Imports the peer.
 * @param reader Takes what `imported` returned; returns what reads the file of a photo, from decoding
 *   to the expression of each face, and says where the faces are: [left, top, right, bottom] each.
 */
export async function measure(imported, reader) {
  const photos = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
  const result = {};
  try {
    const [beganMs, beganWallMs] = [processorMs(), performance.now()];
    const peer = imported();
    result.import_s = (processorMs() - beganMs) / 1000;
    result.import_wall_s = (performance.now() - beganWallMs) / 1000;
    const read = await reader(peer);
    await read(photos[0]);
    result.first_s = processorMs() / 1000; // since Node began
    result.ms = [await median(read, photos[0]), await median(read, photos[1])];
    result.boxes = [];
    for (const photo of photos.slice(1)) result.boxes.push(await read(photo));
    result.resident_mb = residentMb();
  } catch (error) {
    result.why = String(error);
  }
  console.log(`\n${JSON.stringify(result)}`);
}

/** Milliseconds of processor time of this process, its threads included, since it began. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of processor time for a photo, the median after one that does not count. */
async function median(read, photo) {
  await read(photo);
  const timesMs = [];
  for (let spentMs = 0; timesMs.length < ROUNDS && spentMs < LIMIT_MS; spentMs += timesMs.at(-1)) {
    const beganMs = processorMs();
    await read(photo);
    timesMs.push(processorMs() - beganMs);
  }
  return timesMs.sort((one, other) => one - other)[Math.floor(timesMs.length / 2)];
}

/** Resident memory of this process in MB (10^6 bytes). */
function residentMb() {
  const [, kib] = readFileSync("/proc/self/status", "utf8").match(/VmRSS:\s+(\d+)/);
  return (Number(kib) * 1024) / 1e6;
}
