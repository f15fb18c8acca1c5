/** What engine.wasm gives; see wasm/engine.c. Addresses are in bytes, maps have borders where readers
 * are concerned. */
export interface Kernels {
  memory: WebAssembly.Memory;
  free_from(): number;
  shrink(
    from: number,
    width: number,
    height: number,
    left: number,
    top: number,
    w: number,
    h: number,
    to: number,
    tw: number,
    th: number,
  ): void;
  unit(
    weights: number,
    before: number,
    after: number,
    from: number,
    width: number,
    height: number,
    w: number,
    h: number,
    to: number,
    kind: number,
  ): void;
  halve(from: number, w: number, h: number, c: number, to: number): void;
  merge(small: number, large: number, w: number, h: number, c: number): void;
  convolve(
    from: number,
    n: number,
    c: number,
    kernel: number,
    step: number,
    weights: number,
    outs: number,
    floor: number,
    to: number,
  ): void;
  average(map: number, whole: number, n: number, c: number, means: number): void;
  weigh(map: number, shares: number, other: number, n: number, c: number): void;
  first(face: number, weights: number, scale: number, to: number): void;
  stride(
    from: number,
    n: number,
    c: number,
    kernel: number,
    weights: number,
    factors: number,
    zero: number,
    outs: number,
    views: number,
    to: number,
  ): void;
  winograd(
    from: number,
    n: number,
    c: number,
    weights: number,
    factors: number,
    zero: number,
    outs: number,
    views: number,
    to: number,
  ): void;
  weigh_whole(
    map: number,
    shares: number,
    other: number,
    n: number,
    c: number,
    numbers: number,
    to: number,
  ): void;
}
