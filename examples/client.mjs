// Asks a running mood detector about a photo.
//
//   npm install @gradio/client
//   node examples/client.mjs examples/astronaut.jpg [http://127.0.0.1:7860]

import { readFile } from "node:fs/promises";
import { Client } from "@gradio/client";

const [photo, url = "http://127.0.0.1:7860"] = process.argv.slice(2);

const client = await Client.connect(url);
const { data } = await client.predict("/analyze", { image: new Blob([await readFile(photo)]) });
const [result] = data;

if (result.faces.length === 0) console.log("no face found");
result.faces.forEach((face, index) => {
  const verdict = face.expression ?? "uncertain";
  const share = Math.round(face.probability * 100);
  console.log(`face ${index + 1}: ${verdict}, ${face.top} ${share}%`);
});
client.close();
