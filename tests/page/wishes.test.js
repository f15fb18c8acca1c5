import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, lookCloser } from "../../mood/page/static/photo/shelf.js";
import { albumOf, answerOf, faceOf, OPTIONS, settle, unreadableOf } from "./samples.js";

test("what is wanted is shown at once, of what was read before and of what is read later", () => {
  const album = albumOf("a.jpg", "b.jpg");
  settle(
    album,
    "a.jpg",
    answerOf("fear", unreadableOf("too_dark"), faceOf("anger", { height: 200 })),
  );
  const shownOf = () => findings(album.photos[0]).faces.map(({ expression }) => expression);
  let heard = 0;
  album.onChange(() => heard++);
  album.wish({ ...OPTIONS, smallest_face: 100 });
  assert.deepEqual([shownOf(), heard], [["anger"], 1]);
  album.wish({ ...OPTIONS, certainty: 0.9, show_unreadable: false });
  assert.deepEqual(shownOf(), [null, null]);
  settle(album, "b.jpg", answerOf("fear", unreadableOf("too_dark")));
  assert.equal(findings(album.photos[1]).faces.length, 1);
  assert.equal(album.waiting, 0, "nothing is read again for it");
  album.wish(OPTIONS);
  assert.deepEqual(shownOf(), ["fear", null, "anger"]);
});

test("only photos in which no faces as low were looked for are read again for low ones", () => {
  const album = albumOf("a.jpg", "b.jpg");
  album.settle(album.photos[0], answerOf("fear"), { ...OPTIONS, smallest_face: 40 });
  album.settle(album.photos[1], answerOf("fear"), { ...OPTIONS, smallest_face: 16 });
  lookCloser(album.photos, 40);
  assert.equal(album.waiting, 0);
  lookCloser(album.photos, 20);
  assert.deepEqual([album.waiting, album.next.name], [1, "a.jpg"]);
});

test("the face that is chosen stays where it is still shown", () => {
  const album = albumOf("a.jpg");
  const faces = [30, 200, 90].map((height) => faceOf("anger", { height }));
  settle(album, "a.jpg", answerOf(...faces));
  album.choose(2);
  album.wish({ ...OPTIONS, smallest_face: 50 });
  assert.equal(album.chosen, 1);
  album.wish({ ...OPTIONS, smallest_face: 100 });
  assert.equal(album.chosen, 0);
});
