// This project: the worker of the live tab.

export async function load() {
  const { files, specs } = await (await fetch("/ours.json")).json();
  const worker = new Worker("/vision/worker.js", { type: "module" });
  const ask = (question, given = []) =>
    new Promise((done, failed) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = () => failed(new Error("the worker failed"));
      worker.postMessage({ id: 1, ...question }, given);
    });
  const loaded = await ask({ do: "load", files, specs });
  if (!loaded.ok) throw new Error(loaded.message);

  return async (canvas) => {
    const time_s = performance.now() / 1000;
    const picture = new VideoFrame(canvas, { timestamp: 0 });
    const { width, height } = canvas;
    const { answer } = await ask({ do: "frame", picture, width, height, time_s }, [picture]);
    return answer.faces.map(({ expression, shares }) => expression ?? `${Math.max(...shares)}`);
  };
}
