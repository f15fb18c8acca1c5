/** What the modules here hand each other. */

import type { Before, Box, Expression, LiveFaces, Reason, Settings } from "../shared/types.d.ts";

export type Point = [number, number];

/** A face that the detector found; all numbers are float32. */
export interface Found {
  box: Box;
  /** Of the detector, 0 to 1. */
  confidence: number;
  /** Right eye, left eye, tip of the nose, right and left corner of the mouth. */
  landmarks: Point[];
}

/** What a frame shows of a face, before it is followed. */
export interface Seen {
  /** In pixels of the camera's picture. */
  box: Box;
  /** In the order of `Specs.expressions`. */
  probabilities: readonly number[];
  /** Null where the face can be read. */
  reason: Reason | null;
}

/** A face at one moment of a video. */
export interface Tracked {
  number: number;
  box: Box;
  /** Smoothed, whichever of them count. */
  probabilities: readonly number[];
  /** Place of the one to show in the order of the probabilities; null unless it is certain. */
  expression: number | null;
  /** Seconds since it was seen. */
  missing_s: number;
  reason: Reason | null;
  stayed: boolean;
}

/** How a face becomes the input of a network. */
export interface Preprocessing {
  side: number;
  crop_scale: number;
  crop_shift_y: number;
  level_from_deg: number;
}

export interface MiniSpec {
  labels: Expression[];
  preprocessing: Preprocessing;
  temperature: number;
  /** Empty where there is none. */
  logit_bias: number[];
  small_faces: [more: number, reach: number] | null;
}

/** `Weighing` of mood/vision/weighing.py. */
export interface Weighing {
  bias: number;
  logit: number;
  confidence: number;
  side: number;
  turned: number;
  sharpness: number;
  readable_from: number;
  dark: number;
  burnt: number;
  small_px: number;
  face_from: number;
  turned_from: number;
  blurred: number;
}

/** What Python knows of the networks and wants of them: mood/page/specs.py. */
export interface Specs {
  /** In the order of all probabilities. */
  expressions: Expression[];
  mini: MiniSpec;
  quality: Weighing;
  detection_side: number;
  smallest_face: number;
  most_faces: number;
  /** Probability from which on a verdict is certain, 0 to 1. */
  certainty: number;
}

/** What of `Engine` finds and reads faces; it works on the frame that it holds. */
export interface Eyes {
  look(width: number, height: number): Found[];
  square(left: number, top: number, right: number, bottom: number): void;
  warp(step: number, ...matrix: [number, number, number, number, number, number]): void;
  readable(): number;
  mini(bothWays: boolean): ArrayLike<number>;
  sharpness(): number;
  tone(): { deviation: number; white: number };
}

/** How much is done for a frame: all, no mirror image, a smaller picture, and more seldom. */
export type Mode = "full" | "plain" | "small" | "slow";

export interface WeightsFile {
  url: string;
  sha256: string;
}

export interface Files {
  engine: string;
  detector: WeightsFile;
  mini: WeightsFile;
  readable: WeightsFile | null;
}

/** What the worker is asked; every question has one answer of the same `id`. */
export type Question = { id: number } & (
  | { do: "load"; files: Files; specs: Specs }
  | {
      do: "frame";
      picture: ImageBitmap | VideoFrame;
      /** Of the camera's picture, in whose pixels boxes come back. */
      width: number;
      height: number;
      time_s: number;
      wish?: Settings | null;
      before?: Before | null;
      /** Whether it is of a film, all of which is kept. */
      film?: boolean;
    }
  | { do: "clear" }
  | { do: "export"; kind: "csv" | "json"; wish?: Settings | null }
);

/** Milliseconds that the parts of a frame took. */
export interface Took {
  picture: number;
  detect: number;
  faces: number;
  all: number;
}

export type Answered = { id: number } & (
  | { ok: true }
  | { error: "load" | "integrity" | "simd" | "frame"; message: string }
  | {
      answer: LiveFaces;
      mode: Mode;
      took: Took;
      /** Milliseconds to wait before the next frame is asked about; 0 unless the mode is slow. */
      rest_ms: number;
    }
  | { text: string | null }
);
