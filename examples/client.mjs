// Asks a running mood detector about a photo.
//
//   npm install @gradio/client
//   node examples/client.mjs examples/astronaut.jpg [http://127.0.0.1:7860]

import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Client } from "@gradio/client";

const [photo, url = "http://127.0.0.1:7860"] = process.argv.slice(2);

// A free host sleeps and needs half a minute to wake. Meanwhile it says when to come again.
for (let asked = 0; asked < 20; asked++) {
  const answer = await fetch(`${url.replace(/\/$/, "")}/health`);
  const wait = answer.headers.get("retry-after");
  if (!wait) break;
  await setTimeout(Number(wait) * 1000);
}

const client = await Client.connect(url);
const { data } = await client.predict("/analyze", { image: new Blob([await readFile(photo)]) });
const [result] = data;

if (result.faces.length === 0) console.log("no face found");
result.faces.forEach((face, index) => {
  const verdict = face.expression ?? "uncertain";
  const share = Math.round(face.probability * 100);
  console.log(`face ${index + 1}: ${verdict}, ${face.top} ${share}%`);
});
// Not client.close(): Node would end with its AbortError where an answer is still being read.
process.exit();
