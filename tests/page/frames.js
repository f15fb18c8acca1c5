// The loop that sends pictures, with a clock and a server of its own.

import { createFrames } from "../../mood/page/static/live/frames.js";
import { createPace } from "../../mood/page/static/live/pace.js";
import { settled } from "./samples.js";

export const OK = { state: "ok", faces: [], time_s: 0 };

/** Frames with a clock that moves when somebody sleeps, or 10 ms while the server works. */
export function framesOf(answers, given = {}) {
  const seen = { sent: [], taken: [], missed: [], slept: [], ended: 0, clock: 0 };
  const camera = { width: 640, height: 480, next: async () => {}, take: (side) => `${side} px` };
  const frames = createFrames({
    camera,
    viewer: "somebody",
    pace: createPace(),
    server: {
      async live_frame(data) {
        seen.sent.push(data);
        seen.clock += 10;
        const answer = answers.shift();
        if (!answers.length) frames.stop();
        return typeof answer === "function" ? answer() : answer;
      },
    },
    wanted: () => true,
    end: () => {
      seen.ended++;
      frames.stop();
    },
    take: (answer) => seen.taken.push(answer),
    miss: (...told) => seen.missed.push(told),
    now: () => seen.clock,
    sleep: async (ms) => {
      seen.slept.push(Math.round(ms));
      seen.clock += ms;
      await settled();
    },
    chance: () => 0,
    ...given,
  });
  return { frames, camera, seen };
}
