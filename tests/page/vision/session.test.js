import assert from "node:assert/strict";
import { test } from "node:test";
import { scaledBox } from "../../../mood/page/static/vision/boxes.js";
import { createSession } from "../../../mood/page/static/vision/session.js";
import { golden } from "./golden.js";

const watched = golden("watched");
const { expressions, certainty } = watched;
const begin = () => createSession(expressions, certainty);

/** The faces of a step, in pixels of the camera's picture. */
function facesOf(faces) {
  const [across, down] = [0, 1].map((axis) => watched.camera[axis] / watched.frame[axis]);
  return faces.map(([left, top, right, bottom, shown, reason]) => ({
    box: scaledBox([left, top, right, bottom], across, down),
    probabilities: watched.shares[shown],
    reason,
  }));
}

test("a session is followed, told and saved as the program does it, to the letter", () => {
  let session = null;
  let told = 0;
  for (const [at, step] of watched.steps.entries()) {
    if (step.do === "clear") session = null;
    else if (step.do === "export") {
      assert.equal(session?.save(step.kind, step.wish) ?? null, step.text, `step ${at}`);
    } else {
      session ??= begin();
      const answer = session.record(facesOf(step.faces), step.time_s, step.wish, step.before);
      assert.deepEqual(answer, step.answer, `step ${at}`);
      told += answer.faces.length;
    }
  }
  assert.ok(told > 200);
});

/** A face in short, as tests/video/walks.py writes it. */
function short({ number, verdict, reason, expression, missing, stayed }) {
  const at = expression === null ? "" : expressions.indexOf(expression);
  return `${number}:${reason ?? verdict[0] + at}${missing ? "-" : ""}${stayed ? "+" : ""}`;
}

test("faces that walk at random, and come and go, are followed in the same way", () => {
  const { shares, reasons, walks } = watched.random;
  for (const { frames, told, table, summary, faces } of walks) {
    const session = begin();
    for (const [at, [time, ...found]] of frames.entries()) {
      const seen = found.map(([x, y, side, shown, reason]) => ({
        box: [x - side / 2, y - side / 2, x + side / 2, y + side / 2],
        probabilities: shares[shown],
        reason: reasons[reason],
      }));
      const answer = session.record(seen, time, null, null);
      assert.equal(answer.faces.map(short).join(" "), told[at], `frame ${at}, at ${time} s`);
    }
    assert.equal(session.save("csv"), table);
    const saved = JSON.parse(session.save("json"));
    assert.deepEqual([saved.summary, saved.faces], [summary, faces]);
  }
});

const SURE = [0.02, 0.86, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02];
const seenAt = (x) => ({ box: [x, 100, x + 80, 180], probabilities: SURE, reason: null });

/** Ten frames a second of a film, from one moment to another. */
function play(session, from, to, faces, before = null) {
  let answer = null;
  for (let at = Math.round(10 * from); at <= 10 * to; at++) {
    answer = session.record(faces, at / 10, null, before);
  }
  return answer;
}

const timesOf = (session) => JSON.parse(session.save("json")).points.map(({ time_s }) => time_s);

test("a film that begins in its middle has its own time", () => {
  const session = begin();
  const before = { time_s: 30, count: 0, faces: [] };
  assert.equal(play(session, 30, 32, [seenAt(100)], before).time_s, 32);
  assert.ok(Math.min(...timesOf(session)) >= 30);
});

test("going back in a film drops what came later, and who is still there keeps the number", () => {
  const session = begin();
  play(session, 0, 8, [seenAt(100), seenAt(400)]);
  const back = session.record([seenAt(400)], 5, null, null);
  assert.deepEqual(
    back.faces.map(({ number, stayed }) => [number, stayed]),
    [[2, true]],
  );
  assert.equal(back.time_s, 5);
  assert.ok(back.summary);
  assert.equal(Math.max(...timesOf(session)), 5);
  const answer = play(session, 5.1, 7, [seenAt(400), seenAt(700)]);
  assert.deepEqual(
    answer.faces.map(({ number }) => number),
    [2, 3],
  );
  assert.ok(Math.max(...timesOf(session)) > 6.8);
});

test("going on further in a film is a gap that nobody watched", () => {
  const session = begin();
  play(session, 0, 2, [seenAt(100)]);
  session.record([seenAt(100)], 60, null, null);
  const { summary } = JSON.parse(session.save("json"));
  assert.equal(summary.watched_s, 1);
});

test("a film may be sought before where it began to be watched", () => {
  const session = begin();
  const before = { time_s: 30, count: 0, faces: [] };
  play(session, 30, 31.5, [seenAt(100)], before);
  assert.equal(session.record([seenAt(100)], 2, null, before).time_s, 2);
  assert.deepEqual(timesOf(session), []);
});

test("what a wish leaves out is as it is by itself", () => {
  const session = begin();
  play(session, 0, 2, [seenAt(100)]);
  const wished = session.save("csv", { certainty: 0.4 });
  assert.equal(wished, session.save("csv"));
  assert.match(wished, /happiness/);
  assert.ok(wished.split("\n").length > 5);
});

test("of a film all is kept: what is seen again takes the place of what was seen before", () => {
  const session = createSession(expressions, certainty, true);
  play(session, 0, 150, [seenAt(100), seenAt(400)]);
  const all = timesOf(session).length;
  assert.ok(Math.min(...timesOf(session)) < 2, "more than two minutes");
  const back = play(session, 5, 8, [seenAt(100), seenAt(400)]);
  assert.deepEqual(
    back.faces.map(({ number }) => number),
    [1, 2],
  );
  const times = timesOf(session);
  assert.ok(Math.abs(times.length - all) < 8, `${times.length} of ${all}`);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  const ahead = play(session, 100, 101, [seenAt(100), seenAt(400)]);
  assert.deepEqual(
    ahead.faces.map(({ number }) => number),
    [1, 2],
    "who was there keeps the number, further on as well",
  );
});

test("of a crowd no more is kept than the program keeps", () => {
  const session = begin();
  play(
    session,
    0,
    80,
    Array.from({ length: 12 }, (_, at) => seenAt(150 * at)),
  );
  assert.equal(timesOf(session).length, 6000);
});
