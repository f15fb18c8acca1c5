// Which way pictures are read: in this browser, or on the server, and why so.

/** @import { LiveProps } from "../shared/types.d.ts" */

/** @typedef {ReturnType<typeof createWay>} Way */
/** @typedef {"browser" | "server" | "none"} Place */

/**
 * Why the browser does not read: its own faults, the server's offer, or the visitor's choice.
 *
 * @typedef {import("./reader.js").Fault | LiveProps["without"] | "choice"} Why
 */

// The smallest module that makes a vector of numbers: (func (result v128) i32.const 0 i8x16.splat).
const VECTORS = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
  ...[1, 5, 1, 0x60, 0, 1, 0x7b], // its type
  ...[3, 2, 1, 0], // one function of that type
  ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 0x0b], // its code
];

/**
 * What this browser lacks to read by itself.
 *
 * @param {Partial<Pick<typeof globalThis, "Worker" | "OffscreenCanvas" | "WebAssembly">>} [there]
 * @returns {Why} Empty where it lacks nothing.
 */
export function lacking(there = globalThis) {
  if (!there.Worker || !there.OffscreenCanvas) return "worker";
  return there.WebAssembly?.validate(new Uint8Array(VECTORS)) ? "" : "simd";
}

/**
 * @param {Pick<LiveProps, "way" | "without">} offer
 * @param {Why} [lack] What the browser lacks.
 */
export function createWay({ way, without }, lack = lacking()) {
  let fault = without || lack;
  let chosen = false; // the visitor wants the server

  return {
    /** @returns {Place} */
    get place() {
      if (!(fault || chosen)) return "browser";
      return way === "browser" ? "none" : "server";
    },
    /** @returns {Why} Empty where the browser reads. */
    get why() {
      return fault || (chosen ? "choice" : "");
    },
    /** Whether the visitor has a choice. */
    get open() {
      return way === "auto" && !fault;
    },

    /** @param {Why} why The browser failed. */
    fail(why) {
      fault ||= why;
    },

    /** @param {boolean} server Whether the visitor wants the server to read. */
    choose(server) {
      chosen = server;
    },
  };
}
