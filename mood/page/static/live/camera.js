// The camera: opening it, choosing another one, and why it did not start.

/** @import { Pictures } from "./pictures.js" */

/** @typedef {ReturnType<typeof createCamera>} Camera */

const SIZE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

/** @type {Record<string, string>} */
const REASONS = {
  InsecureError: "live_insecure",
  NoiseError: "live_noise",
  NotAllowedError: "live_refused",
  SecurityError: "live_refused",
  NotFoundError: "live_missing",
  OverconstrainedError: "live_missing",
  NotReadableError: "live_busy",
  AbortError: "live_busy",
};

/**
 * What to say of a camera that did not start.
 *
 * @param {unknown} error
 */
export const reasonOf = (error) => (error instanceof Error && REASONS[error.name]) || "live_failed";

/**
 * @param {HTMLVideoElement} video Shows what the camera sees.
 * @param {Pick<Pictures, "readBack">} pictures
 * @param {() => void} lost Called when the camera went away by itself.
 */
export function createCamera(video, pictures, lost) {
  /** @type {MediaStream | null} */
  let stream = null;
  /** @type {"user" | "environment"} */
  let facing = "user";
  /** @type {string | null} */
  let device = null;
  let mirrored = true;

  /**
   * Asks the visitor for a camera.
   *
   * @throws What `reasonOf` knows.
   */
  function open() {
    if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
      throw new DOMException("cameras are for secure pages", "InsecureError");
    }
    // Of a browser that gives out noise nobody is asked for a camera in vain.
    if (!pictures.readBack()) throw new DOMException("pictures are noise", "NoiseError");
    const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: facing } };
    return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...SIZE } });
  }

  /** @param {MediaStream} opened */
  function use(opened) {
    stream = opened;
    const [track] = opened.getVideoTracks();
    // Only a camera that says it looks away from the viewer is shown as it is.
    mirrored = track.getSettings().facingMode !== "environment";
    track.addEventListener("ended", () => stream === opened && lost());
    video.srcObject = opened;
    video.play().catch(() => {});
  }

  /** Lets the next `open` ask for another camera than the one that is in use. */
  async function turn() {
    const settings = stream?.getVideoTracks()[0]?.getSettings() ?? {};
    if (settings.facingMode) {
      facing = settings.facingMode === "environment" ? "user" : "environment";
      device = null;
    } else {
      const cameras = await list();
      const now = cameras.findIndex((each) => each.deviceId === settings.deviceId);
      device = cameras[(now + 1) % cameras.length]?.deviceId || null;
    }
    end(stream); // a phone opens one camera at a time
  }

  return {
    open,
    use,
    turn,
    end,
    hasSeveral: async () => (await list()).length > 1,

    get mirrored() {
      return mirrored;
    },

    close() {
      end(stream);
      stream = null;
      video.srcObject = null;
    },
  };
}

/** @param {MediaStream | null} stream */
function end(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function list() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((each) => each.kind === "videoinput");
}
