// Runs before the page: notes when each of the camera's pictures was there, and when what was read in
// it was shown; and what kept the page busy for long.

(() => {
  const watched = { pictures: [], frames: [], long: [] };
  globalThis.watched = watched;
  const taken = new WeakMap(); // a picture → when it came
  const asked = new Map(); // a question's number → when its picture came, and when it was asked

  const video = HTMLVideoElement.prototype;
  const announce = video.requestVideoFrameCallback;
  video.requestVideoFrameCallback = function (called) {
    return announce.call(this, (now, about) => {
      watched.pictures.push({ captured: about.captureTime ?? null, came: performance.now() });
      called(now, about);
    });
  };

  globalThis.VideoFrame = new Proxy(globalThis.VideoFrame, {
    construct(kind, given) {
      const picture = Reflect.construct(kind, given);
      taken.set(picture, watched.pictures.at(-1));
      return picture;
    },
  });

  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (question, ...rest) {
    if (question.do === "frame") {
      asked.set(question.id, { ...taken.get(question.picture), asked: performance.now() });
    }
    return postMessage.call(this, question, ...rest);
  };

  // What the page does with an answer is done when the listener after its own is called.
  const { addEventListener } = EventTarget.prototype;
  Worker.prototype.addEventListener = function (kind, ...rest) {
    let answered = 0;
    const before = () => {
      answered = performance.now();
    };
    const after = ({ data: { id, answer, took } }) => {
      const shown = performance.now();
      if (answer) {
        const faces = answer.faces.length;
        watched.frames.push({ ...asked.get(id), answered, shown, took, faces });
      }
      asked.delete(id);
    };
    if (kind === "message") addEventListener.call(this, kind, before);
    addEventListener.call(this, kind, ...rest);
    if (kind === "message") addEventListener.call(this, kind, after);
  };

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      watched.long.push({ at: startTime, ms: duration });
    }
  }).observe({ type: "longtask", buffered: true });
})();
