// Asks a mood detector about a photo, by Gradio's client.
//
//   npm install @gradio/client
//   node examples/clients/javascript.mjs examples/astronaut.jpg [http://127.0.0.1:7860]

import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Client } from "@gradio/client";

const [photo = "photo.jpg", url = "http://127.0.0.1:7860"] = process.argv.slice(2);

// A host that sleeps needs half a minute to wake. Meanwhile it says when to come again.
for (let asked = 0; asked < 20; asked++) {
  const signal = AbortSignal.timeout(120_000);
  const answer = await fetch(`${url.replace(/\/$/, "")}/health`, { signal });
  const wait = answer.headers.get("retry-after");
  if (!wait) break;
  await setTimeout(Number(wait) * 1000);
}

const client = await Client.connect(url);
try {
  const image = new Blob([await readFile(photo)]);
  const { data } = await client.predict("/analyze", { image });
  const [result] = data;
  if (result.faces.length === 0) console.log("no face found");
  result.faces.forEach((face, index) => {
    const verdict = face.expression ?? face.reason ?? "uncertain";
    const share = `, ${face.top} ${Math.min(99, Math.round(face.probability * 100))}%`;
    console.log(`face ${index + 1}: ${verdict}${face.reason ? "" : share}`);
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
// Not client.close(): Node would end with its AbortError where an answer is still being read.
process.exit();
