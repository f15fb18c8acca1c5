import type { Files, Specs } from "../vision/types.d.ts";

/** All that crosses the wire between the page and the server, and what a panel is handed. */

/** An expression, by the one name that wire, words and colours share. */
export type Expression =
  | "neutral"
  | "happiness"
  | "surprise"
  | "sadness"
  | "anger"
  | "disgust"
  | "fear"
  | "contempt";

/** Whether a face can be read, and whether the network is sure of what it reads there. */
export type Verdict = "certain" | "uncertain" | "unreadable";

/** Why a face cannot be read. */
export type Reason =
  | "not_a_face"
  | "too_small"
  | "too_dark"
  | "too_blurred"
  | "turned_away"
  | "cut_off";

/** What is said of a face that can be read: its expression, or that the network is not sure. */
export type Mood = Expression | "uncertain";

/** How a mood looks: `#RRGGBB`, and black or white on it. */
export interface Look {
  colour: string;
  ink: string;
}

export type Palette = Record<Mood, Look>;

/** Left, top, right, bottom in pixels of the picture that was given. */
export type Box = [number, number, number, number];

/** Where the weights of a network came from. */
export type Source = "embedded" | "cache" | "hub" | "file";

/** What Gradio hands to a panel: its element, its values, and its way to the server. */
export interface Panel<Props, Server> {
  element: HTMLElement;
  props: Props;
  server: Server;
  upload(file: File): Promise<{ path: string }>;
}

// --- photos -------------------------------------------------------------------------------------

export interface PhotoProps {
  /** Addresses are seen from the page; `small` is that of a small picture of it, if there is one. */
  examples: { name: string; address: string; small: string }[];
  palette: Palette;
  models: string[];
  detectors: string[];
  /** Pixels: the server finds no smaller faces. */
  smallest_face: number;
  max_mb: number;
  max_side: number;
}

export interface PhotoServer {
  read_photo(data: Payload & Options): Promise<Answer | Refusal | null>;
  annotate_photo(data: Payload & Options & Captions): Promise<Framed | Refusal | null>;
  explain_face(data: Question): Promise<Explanation | Refusal | null>;
  under_way(data: Networks): Promise<UnderWay | Refusal | null>;
  networks(): Promise<NetworkOffer[] | Refusal | null>;
}

/** What is known of a network that can be chosen. */
export interface NetworkOffer {
  name: string;
  size_bytes: number | null;
  /** The share of test pictures that it is right about; null where nobody measured it. */
  accuracy: number | null;
  standing: Standing;
}

/** Whether a network is here, comes once, or why it cannot be had. */
export type Standing = "ready" | "download" | "offline" | "failed" | "rejected";

/**
 * A picture on its way: as a data URL, or as a file that was uploaded before. Width and height are
 * those of the photo where the picture is a smaller copy of it.
 */
export type Payload = { image: string; width?: number; height?: number } | { path: string };

/** Networks of the catalogue, or `auto`. */
export interface Networks {
  model: string;
  detector: string;
}

/** What a visitor wants of a photo. */
export type Options = Networks & Settings;

/** What a visitor wants to see of faces, in photos and live. */
export interface Settings {
  /** Probability from which on a face is certain, 0 to 1; 0 is the network's own threshold. */
  certainty: number;
  /** Pixels: lower faces are left out. */
  smallest_face: number;
  /** Those that count, at least two; empty means all. */
  expressions: Expression[];
  /** Whether faces that cannot be read are told of. */
  show_unreadable: boolean;
  /** Whether labels are written into the picture. */
  labels: boolean;
}

/** What is written into a picture that the server draws. */
export interface Captions {
  /** Of each face in order; empty where nothing is to be said. */
  captions: string[];
  /** Whether those that have no room beside their faces stand below the picture. */
  key: boolean;
}

/** One face of a photo. */
export interface Face {
  bbox_xyxy: Box;
  confidence: number;
  landmarks: [number, number][] | null;
  verdict: Verdict;
  /** Null where the face can be read. */
  reason: Reason | null;
  /** Probability that it can be read. */
  readable: number;
  /** Null unless the verdict is certain. */
  expression: Expression | null;
  top: Expression;
  /** Of `top`. */
  probability: number;
  certain: boolean;
  probabilities: Record<Expression, number>;
  /** The same in their order, with all their digits. */
  exact: number[];
  /** What the network was never taught. */
  unknown: Expression[];
  /** What the network saw of it, as a data URL, and its width and height. */
  crop: string;
  crop_wh: [number, number];
  /** The landmarks in it, in its sides. */
  crop_landmarks: [number, number][] | null;
}

/** What was found in a photo. */
export interface Answer {
  model: string;
  detector: string;
  source: Source;
  detector_source: Source;
  width: number;
  height: number;
  duration_ms: number;
  /** Top probability from which on its faces are certain. */
  certainty: number;
  faces: Face[];
  /** Smaller ones that were not read. */
  more_faces: number;
  /** Parts of a long picture that there was no time to look at closely. */
  unseen_parts: number;
  /** Of an animation, counted from 0: which frame was read. */
  frame: number;
  /** By how much the photo was turned clockwise to be read: 0, 90, 180 or 270. */
  turned_deg: number;
}

/**
 * Why there is no answer. The page's own are `lost`, where the server says nothing, `upload`, where
 * a file does not get there, and `gone`, where it cannot be read any more.
 */
export interface Refusal {
  error:
    | "unreadable"
    | "unsupported"
    | "too_large"
    | "options"
    | "model"
    | "busy"
    | "share"
    | "error"
    | "lost"
    | "upload"
    | "gone";
  /** A sentence in English. */
  message?: string;
  /** When to ask again, where that helps. */
  retry_after_s?: number;
  /** Of a file that the page does not send, and what may be sent. */
  size_mb?: number;
  max_mb?: number;
}

/** The photo with its frames drawn in, as a data URL. */
export interface Framed {
  picture: string;
}

export interface Question extends Networks {
  /** The crop of a face. */
  image: string;
  expression: Expression;
}

/** For each place of a face, top row first: how much covering it takes from the log-odds. */
export interface Explanation {
  map: number[][];
  /** Side of the patch, in sides of the crop; its middle is always half of it inside. */
  cover: number;
}

export interface UnderWay {
  loaded: boolean;
  downloads: { name: string; done: number; total: number }[];
}

// --- live ---------------------------------------------------------------------------------------

export interface LiveProps {
  palette: Palette;
  /** Pixels: the server finds no smaller faces. */
  smallest_face: number;
  /** Where the operator wants frames to be read. */
  way: "auto" | "browser" | "server";
  /** What the browser reads with; null where it is not to. */
  vision: Vision | null;
  /** Why there is none: the operator's choice, a network that browsers cannot run, no weights. */
  without: "" | "operator" | "network" | "weights";
}

/** Addresses are seen from the page, or whole. */
export interface Vision {
  files: Files;
  specs: Specs;
}

export interface LiveServer {
  live_frame(data: Frame): Promise<LiveAnswer | Refusal | null>;
  live_leave(data: { viewer: string }): Promise<Refusal | null>;
  live_clear(data: { viewer: string }): Promise<Refusal | null>;
  live_export(data: {
    viewer: string;
    kind: "csv" | "json";
    wish: Settings;
  }): Promise<string | Refusal | null>;
}

export interface Frame {
  /** Who: a text that only this browser knows. */
  viewer: string;
  /** A data URL, or null while the viewer waits for a place. */
  image: string | null;
  /** Of the camera's picture, in whose pixels boxes come back. */
  width: number;
  height: number;
  /** By the browser's clock. */
  time_s: number;
  /** Where the session goes on, for a server that may have started anew. */
  before?: Before;
  wish?: Settings;
}

/** What the page still shows of a session. */
export interface Before {
  /** Since the session began. */
  time_s: number;
  /** The highest number of a face so far. */
  count: number;
  /** Number and box of those that were seen last. */
  faces: [number, ...Box][];
}

export type LiveAnswer =
  | LiveFaces
  | { state: "ready" }
  | { state: "wait"; position: number }
  | { state: "busy"; retry_after_s?: number }
  | ({ state: "error" } & Refusal);

export interface LiveFaces {
  state: "ok";
  faces: LiveFace[];
  /** Since the session began. */
  time_s: number;
  /** Probability from which on the network is certain by itself. */
  certainty: number;
  /** Now and then. */
  summary?: Summary;
}

/** One face of a video, as it is followed from frame to frame. */
export interface LiveFace {
  number: number;
  box: Box;
  verdict: Verdict;
  /** Null where the face can be read. */
  reason: Reason | null;
  /** Null unless the verdict is certain. */
  expression: Expression | null;
  /** Whether this frame does not show it. */
  missing: boolean;
  /** Whether it was in sight for a second: then it has a row. */
  stayed: boolean;
  /** Probabilities in the order of the palette, whichever of them count. */
  shares: readonly number[];
}

/** A session so far: how much of the time that could be read each mood showed; they sum to 1. */
export interface Summary {
  watched_s: number;
  shares: Partial<Record<Expression, number>>;
  uncertain: number;
  changes: number;
}

// --- about --------------------------------------------------------------------------------------

export interface AboutProps {
  palette: Palette;
  accuracy: Accuracy | null;
  /** Of the weights that browsers get; addresses are seen from the page. */
  licences: { name: string; licence: string; url: string }[];
}

export interface AboutServer {
  loaded_models(): Promise<LoadedModel[] | Refusal | null>;
}

/** What was measured of the network that is built in, on pictures that it was not trained on. */
export interface Accuracy {
  accuracy: number;
  pictures: number;
  expressions: { name: Expression; recall: number; pictures: number }[];
}

export interface LoadedModel {
  task: "expression" | "quality" | "detection";
  name: string;
  /** In English, for those that the page has no words for. */
  title: string;
  source: Source;
  licence: string;
  /** Where it comes from; empty where there is no such page. */
  link: string;
  /** Whether its probabilities were measured and corrected; null where it gives none. */
  calibrated: boolean | null;
}

declare global {
  interface Window {
    gradio_config: { root: string; i18n_translations: Record<string, Record<string, string>> };
    /** What was dropped before the photo tab was there, until it takes it. */
    dropped?: DataTransferItem[];
  }
}
