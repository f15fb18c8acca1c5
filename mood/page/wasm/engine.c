// What the live tab computes in the visitor's browser: pixels, the detector and the two networks of
// 48 × 48 grey pixels. Made for just these networks; engine.js calls it, build.py compiles it.
//
// Pictures are RGBA, maps are stored pixel by pixel with the channels of a pixel side by side, so
// that a vector holds neighbouring channels and a convolution reads rows that lie in one piece.
// Nothing is imported and there is one thread. Memory: 9 MB for weights and faces, and behind that,
// grown when first needed, the frame and what a look at it takes: 4 bytes for each pixel of a frame
// (at most 1920 × 1080) and 27 for each pixel of the look (at most 1920 × 1088). That is 70 MB at
// most, and 14 for a frame of 640 × 480 that is looked at with 320 × 240.
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define SIDE 48         // of a face's crop
#define LONGEST 1920    // side of a picture that is looked at
#define MOST_OUT 176    // channels of mini's last stage
#define TILES 36        // of two by two pixels that a convolution works on at once
#define BLOCKS 6        // of mini
#define ROUND 12582912.f // 1.5 · 2^23: what is added to it loses its fraction, ties to even

typedef v128_t vec;
typedef unsigned char byte;
typedef short word;
typedef const float *floats;

extern byte __heap_base;
static byte *frame, *picture;     // the frame, and a copy of it at the size that is looked at
static int frame_w, frame_h, picture_w, picture_h;
static byte crop[SIDE * SIDE];    // grey
static float logits[8];

static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }
static int within(int value, int end) { return most(0, least(value, end - 1)); }
static vec load(const void *at) { return wasm_v128_load(at); }
static void store(void *at, vec value) { wasm_v128_store(at, value); }
static vec times(vec a, vec b) { return wasm_f32x4_mul(a, b); }
static vec plus(vec a, vec b) { return wasm_f32x4_add(a, b); }

// Makes sure that there are so many bytes behind the weights.
static int grow(unsigned bytes) {
  unsigned wanted = ((unsigned)&__heap_base + bytes + 65535) >> 16;
  unsigned there = __builtin_wasm_memory_size(0);
  return wanted <= there || __builtin_wasm_memory_grow(0, wanted - there) != (unsigned)-1;
}

// ---------------------------------------------------------------- pixels, as OpenCV computes them

// One axis of a resize by area: of each pixel of the result, the pixels from `from` to before `to`
// that it covers, and the share that the first, the last and all between have in it.
typedef struct { int from, to; float first, middle, last; } Span;
static Span across[LONGEST];
static float sums[LONGEST * 4];

static Span span(int index, double scale, int size, int whole) {
  if (whole) return (Span){index * whole, (index + 1) * whole, 1, 1, 1};
  double begin = index * scale, end = begin + scale;
  double cell = scale < size - begin ? scale : size - begin;
  int last = least((int)__builtin_floor(end), size - 1);
  int first = least((int)__builtin_ceil(begin), last);
  Span s = {first, last, 1 / cell, 1 / cell, 1 / cell};
  if (end - last > 1e-3) {
    double rest = end - last < 1 ? end - last : 1;
    s.last = (rest < cell ? rest : cell) / cell;
    if (s.from == s.to++) s.first = s.last;
  }
  if (first - begin > 1e-3) s.from--, s.first = (first - begin) / cell;
  return s;
}

// A rectangle of a picture; beyond the border the picture's edge is repeated.
typedef struct { const byte *pixels; int width, height, left, top, w, h; } Part;

static const unsigned *row_of(const Part *p, int y) {
  return (const unsigned *)p->pixels + within(p->top + y, p->height) * p->width;
}
static vec wide(unsigned pixel) {  // its four channels as 32-bit integers
  return wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_i32x4_make(pixel, 0, 0, 0)));
}
static unsigned narrow(vec channels) {
  vec words = wasm_i16x8_narrow_i32x4(channels, channels);
  return wasm_i32x4_extract_lane(wasm_u8x16_narrow_i16x8(words, words), 0);
}

// Halves a whole picture, four pixels of the result at once: (a + b + c + d + 2) / 4.
static void halve_picture(const Part *p, unsigned *to) {
  int tw = p->w / 2;
  for (int y = 0; y < p->h / 2; y++, to += tw) {
    const unsigned *a = row_of(p, 2 * y), *b = row_of(p, 2 * y + 1);
    for (int x = 0; x < tw; x += 4) {
      if (x + 4 > tw) x = tw - 4;
      vec half[2];
      for (int k = 0; k < 2; k++) {
        vec up = load(a + 2 * x + 4 * k), low = load(b + 2 * x + 4 * k);
        vec first = wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(up), wasm_u16x8_extend_low_u8x16(low));
        vec second = wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(up), wasm_u16x8_extend_high_u8x16(low));
        vec sum = wasm_i16x8_add(wasm_i64x2_shuffle(first, second, 0, 2),
                                 wasm_i64x2_shuffle(first, second, 1, 3));
        half[k] = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(2)), 2);
      }
      store(to + x, wasm_u8x16_narrow_i16x8(half[0], half[1]));
    }
  }
}

static void shrink(const Part *p, unsigned *to, int tw, int th) {
  int whole = p->w % tw == 0 && p->h % th == 0, twice = whole && p->w == 2 * tw && p->h == 2 * th;
  if (twice && tw >= 4 && p->left == 0 && p->w == p->width) return halve_picture(p, to);
  double scale_x = (double)p->w / tw, scale_y = (double)p->h / th;
  vec share = wasm_f32x4_splat(whole ? (float)(1. / ((p->w / tw) * (p->h / th))) : 1);
  for (int x = 0; x < tw; x++) across[x] = span(x, scale_x, p->w, whole ? p->w / tw : 0);
  for (int y = 0; y < th; y++, to += tw) {
    Span down = span(y, scale_y, p->h, whole ? p->h / th : 0);
    __builtin_memset(sums, 0, tw * 16);
    for (int r = down.from; r < down.to; r++) {
      const unsigned *row = row_of(p, r);
      vec part = wasm_f32x4_splat(r == down.from ? down.first : r < down.to - 1 ? down.middle : down.last);
      for (int x = 0; x < tw; x++) {
        const Span *s = &across[x];
        vec sum = wasm_f32x4_splat(0);
        for (int c = s->from; c < s->to; c++) {
          float weight = c == s->from ? s->first : c < s->to - 1 ? s->middle : s->last;
          vec pixel = wasm_f32x4_convert_i32x4(wide(row[within(p->left + c, p->width)]));
          sum = plus(sum, times(pixel, wasm_f32x4_splat(weight)));
        }
        store(sums + 4 * x, plus(load(sums + 4 * x), times(part, sum)));
      }
    }
    for (int x = 0; x < tw; x++) {
      vec value = times(load(sums + 4 * x), share);
      value = twice ? wasm_f32x4_floor(plus(value, wasm_f32x4_splat(.5f))) : wasm_f32x4_nearest(value);
      to[x] = narrow(wasm_i32x4_trunc_sat_f32x4(value));
    }
  }
}

// Bilinear in integers: 11 bits for each weight, of which the vertical pass drops some.
static void enlarge(const Part *p, unsigned *to, int tw, int th) {
  for (int y = 0; y < th; y++) {
    float fy = (y + .5) * ((double)p->h / th) - .5, floor_y = __builtin_floorf(fy);
    const unsigned *up = row_of(p, within(floor_y, p->h)), *low = row_of(p, within(floor_y + 1, p->h));
    int b0 = __builtin_rintf((1 - (fy - floor_y)) * 2048), b1 = __builtin_rintf((fy - floor_y) * 2048);
    for (int x = 0; x < tw; x++) {
      float fx = (x + .5) * ((double)p->w / tw) - .5, floor_x = __builtin_floorf(fx);
      int first = within(floor_x, p->w), inside = floor_x >= 0 && floor_x < p->w - 1;
      float share = inside ? fx - floor_x : 0;
      int i = within(p->left + first, p->width), j = within(p->left + first + inside, p->width);
      vec a0 = wasm_i32x4_splat(__builtin_rintf((1 - share) * 2048));
      vec a1 = wasm_i32x4_splat(__builtin_rintf(share * 2048)), sum = wasm_i32x4_splat(2);
      for (int k = 0; k < 2; k++) {
        const unsigned *row = k ? low : up;
        vec h = wasm_i32x4_add(wasm_i32x4_mul(wide(row[i]), a0), wasm_i32x4_mul(wide(row[j]), a1));
        h = wasm_i32x4_mul(wasm_i32x4_shr(h, 4), wasm_i32x4_splat(k ? b1 : b0));
        sum = wasm_i32x4_add(sum, wasm_i32x4_shr(h, 16));
      }
      *to++ = narrow(wasm_i32x4_shr(sum, 2));
    }
  }
}

static void resize(Part p, unsigned *to, int tw, int th) {
  if (tw * th < p.w * p.h) return shrink(&p, to, tw, th);
  if (tw != p.w || th != p.h) return enlarge(&p, to, tw, th);
  for (int y = 0; y < th; y++)
    for (int x = 0; x < tw; x++) *to++ = row_of(&p, y)[within(p.left + x, p.width)];
}

static void grey(const unsigned *colour) {
  for (int i = 0; i < SIDE * SIDE; i++) {
    unsigned c = colour[i], r = c & 255, g = c >> 8 & 255, b = c >> 16 & 255;
    crop[i] = (r * 9798 + g * 19235 + b * 3735 + 16384) >> 15;
  }
}

EXPORT(begin) byte *begin(int width, int height) {  // where the frame's pixels are to be put
  frame = &__heap_base, frame_w = width, frame_h = height;
  return grow(width * height * 4 + 64) ? frame : 0;
}

static int show(int width, int height, int more) {  // the whole frame, resized, in `picture`
  if (!grow((frame_w * frame_h + width * height) * 4 + more + 128)) return 0;
  picture = frame + ((frame_w * frame_h * 4 + 63) & ~15), picture_w = width, picture_h = height;
  resize((Part){frame, frame_w, frame_h, 0, 0, frame_w, frame_h}, (unsigned *)picture, width, height);
  return 1;
}

static unsigned colours[SIDE * SIDE];

EXPORT(square) void square(int left, int top, int right, int bottom) {
  resize((Part){frame, frame_w, frame_h, left, top, right - left, bottom - top}, colours, SIDE, SIDE);
  grey(colours);
}

// Bilinear warp of the frame, or of the frame shrunk to width × height, by the inverse of a matrix
// that leads from it to the crop. Products and sums are rounded once, as fused ones are.
EXPORT(warp) int warp(int width, int height, double m00, double m01, double m02, double m10, double m11,
                      double m12) {
  int shrinks = width != frame_w || height != frame_h;
  if (shrinks && !show(width, height, 0)) return 0;
  const unsigned *from = (const unsigned *)(shrinks ? picture : frame);
  double d = m00 * m11 - m01 * m10;
  d = d != 0 ? 1 / d : 0;
  double a = m11 * d, b = -m01 * d, c = -m10 * d, e = m00 * d;
  float fa = a, fb = b, fc = c, fe = e, shift_x = -a * m02 - b * m12, shift_y = -c * m02 - e * m12;
  for (int y = 0; y < SIDE; y++) {
    double row_x = y * fb + shift_x, row_y = y * fe + shift_y;
    for (int x = 0; x < SIDE; x++) {
      float sx = x * (double)fa + (float)row_x, sy = x * (double)fc + (float)row_y;
      float floor_x = __builtin_floorf(sx), floor_y = __builtin_floorf(sy);
      int i = within(floor_x, width), j = within(floor_x + 1, width);
      vec fx = wasm_f32x4_splat(sx - floor_x), fy = wasm_f32x4_splat(sy - floor_y), line[2];
      for (int k = 0; k < 2; k++) {
        const unsigned *row = from + within(floor_y + k, height) * width;
        vec p = wasm_f32x4_convert_i32x4(wide(row[i])), q = wasm_f32x4_convert_i32x4(wide(row[j]));
        line[k] = plus(p, times(fx, wasm_f32x4_sub(q, p)));
      }
      vec value = wasm_f32x4_nearest(plus(line[0], times(fy, wasm_f32x4_sub(line[1], line[0]))));
      colours[y * SIDE + x] = narrow(wasm_i32x4_trunc_sat_f32x4(value));
    }
  }
  grey(colours);
  return 1;
}

// ---------------------------------------------------------------- sums of products

// Rows of `n` pixels with k numbers each, `step` apart, times weights that lie as [outs / 8][k][8].
// Four pixels and eight outputs at a time stay in registers; up to three pixels behind the last are
// read and written too, for which there is room everywhere.
static void dense(floats x, int step, int n, int k, floats w, floats bias, int outs, float *to) {
  for (int o = 0; o < outs; o += 8, w += 8 * k)
    for (int i = 0; i < n; i += 4) {
      floats p = x + i * step, q = p + step, r = q + step, s = r + step;
      vec low = load(bias + o), high = load(bias + o + 4);
      vec a0 = low, a1 = low, a2 = low, a3 = low, b0 = high, b1 = high, b2 = high, b3 = high;
      for (int j = 0; j < k; j++) {
        vec u = load(w + 8 * j), v = load(w + 8 * j + 4), z;
        z = wasm_v128_load32_splat(p + j), a0 = plus(a0, times(z, u)), b0 = plus(b0, times(z, v));
        z = wasm_v128_load32_splat(q + j), a1 = plus(a1, times(z, u)), b1 = plus(b1, times(z, v));
        z = wasm_v128_load32_splat(r + j), a2 = plus(a2, times(z, u)), b2 = plus(b2, times(z, v));
        z = wasm_v128_load32_splat(s + j), a3 = plus(a3, times(z, u)), b3 = plus(b3, times(z, v));
      }
      float *t = to + i * outs + o;
      store(t, a0), store(t + 4, b0), t += outs, store(t, a1), store(t + 4, b1), t += outs;
      store(t, a2), store(t + 4, b2), t += outs, store(t, a3), store(t + 4, b3);
    }
}

// The same in integers: `n` rows (six at least) of k 16-bit numbers; weights [outs / 8][k / 2][8][2].
// One instruction multiplies pairs and adds the two products.
static void dots(const word *x, int n, int k, const word *w, int outs, int *to) {
  for (int o = 0; o < outs; o += 8, w += 8 * k)
    for (int i = 0; i < n; i += 6) {
      if (i + 6 > n) i = n - 6;
      const word *p[6];
      vec a[6], b[6];
      for (int t = 0; t < 6; t++) p[t] = x + (i + t) * k, a[t] = b[t] = wasm_i32x4_splat(0);
      for (int j = 0; j < k; j += 2) {
        vec u = load(w + 8 * j), v = load(w + 8 * j + 8);
        for (int t = 0; t < 6; t++) {
          vec z = wasm_v128_load32_splat(p[t] + j);
          a[t] = wasm_i32x4_add(a[t], wasm_i32x4_dot_i16x8(z, u));
          b[t] = wasm_i32x4_add(b[t], wasm_i32x4_dot_i16x8(z, v));
        }
      }
      for (int t = 0; t < 6; t++) store(to + (i + t) * outs + o, a[t]), store(to + (i + t) * outs + o + 4, b[t]);
    }
}

// A few outputs [outs][k] of one row: the small layers.
static void layer(floats x, int k, floats w, floats bias, int outs, float *to) {
  for (int o = 0; o < outs; o++) {
    double sum = bias[o];
    for (int j = 0; j < k; j++) sum += (double)x[j] * w[o * k + j];
    to[o] = sum;
  }
}

static float sigmoid(float x) {
  double y = x < -60 ? 60 : x > 60 ? -60 : -x, k = __builtin_rint(y * 1.4426950408889634), term = 1, sum = 1;
  double rest = y - k * 0.6931471805599453;  // e^y = 2^k · e^rest
  for (int i = 1; i < 14; i++) term *= rest / i, sum += term;
  union { long long bits; double value; } power = {((long long)k + 1023) << 52};
  return 1 / (1 + sum * power.value);
}

// Squeeze and excitation: what the means of the channels are multiplied by.
static void excitation(floats means, int c, floats *weights, float *to) {
  float hidden[MOST_OUT / 8];
  layer(means, c, weights[0], weights[1], c / 8, hidden);
  for (int i = 0; i < c / 8; i++) hidden[i] = hidden[i] < 0 ? 0 : hidden[i];
  layer(hidden, c / 8, weights[2], weights[3], c, to);
  for (int i = 0; i < c; i++) to[i] = sigmoid(to[i]);
}

// Reads arrays from a file of weights; each begins at a multiple of 16 bytes.
static const byte *at;
static const void *take(int bytes) {
  const byte *here = at;
  at += (bytes + 15) & ~15;
  return here;
}
static floats take_floats(int count) { return take(count * 4); }

// ---------------------------------------------------------------- the detector (YuNet)

typedef struct { int before, after; floats point, point_bias, depth, depth_bias; } Unit;
static Unit units[17] = {{16, 16}, {16, 16}, {16, 32}, {32, 32}, {32, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 64},
                         {64, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 64}, {64, 16}, {64, 16}, {64, 16}};
static byte detector_file[220000] __attribute__((aligned(16)));
static floats stem, stem_bias;
static float *places;

EXPORT(detector_at) byte *detector_at(void) { return detector_file; }

EXPORT(detector_load) int detector_load(void) {  // how many bytes it must have
  at = detector_file;
  stem = take_floats(2 * 27 * 8), stem_bias = take_floats(16);
  for (Unit *u = units; u < units + 17; u++) {
    u->point = take_floats(u->before * u->after), u->point_bias = take_floats(u->after);
    u->depth = take_floats(9 * u->after), u->depth_bias = take_floats(u->after);
  }
  return at - detector_file;
}

static float pixels[4][(LONGEST + 2) * 3 + 4], patches[(LONGEST / 2 + 4) * 27 + 4], stems[(LONGEST / 2 + 4) * 16];

// A row of the first convolution, 3 × 3 in steps of two; width is that of the padded picture.
static floats stem_row(int y, int width) {
  for (int r = y ? 2 * y : -1; r < 2 * y + 2; r++) {
    float *to = pixels[r & 3] + 3;
    __builtin_memset(pixels[r & 3], 0, sizeof *pixels);
    const unsigned *row = (const unsigned *)picture + r * picture_w;
    if (r >= 0 && r < picture_h)
      for (int x = 0; x < picture_w; x++, to += 3) {
        store(to, wasm_f32x4_convert_i32x4(wide(row[x])));
        to[3] = 0;  // what was alpha
      }
  }
  for (int x = 0; x < width / 2; x++)
    for (int k = 0; k < 3; k++) {
      floats from = pixels[(2 * y - 1 + k) & 3] + 6 * x;
      float *to = patches + 27 * x + 9 * k;
      store(to, load(from)), store(to + 4, load(from + 4)), to[8] = from[8];
    }
  dense(patches, 27, width / 2, 27, stem, stem_bias, 16, stems);
  for (int i = 0; i < width * 8; i += 4) store(stems + i, wasm_f32x4_pmax(wasm_f32x4_splat(0), load(stems + i)));
  return stems;
}

// 3 × 3 of each channel by itself over three rows that begin a pixel to the left; weights
// [c / 4][9][4]. Each column is read once, and begins, continues and ends three sums.
static void depthwise(float *const rows[3], int n, int c, floats w, floats bias, float *to, float floor) {
  for (int g = 0; g < c; g += 4, w += 36) {
    vec w0 = load(w), w1 = load(w + 4), w2 = load(w + 8), w3 = load(w + 12), w4 = load(w + 16);
    vec w5 = load(w + 20), w6 = load(w + 24), w7 = load(w + 28), w8 = load(w + 32);
    vec start = load(bias + g), ends = start, goes = start, zero = wasm_f32x4_splat(floor);
    floats p = rows[0] + g, q = rows[1] + g, r = rows[2] + g;
    float *t = to + g - 2 * c;
    for (int i = 0; i < n + 2; i++, p += c, q += c, r += c, t += c) {
      vec x = load(p), y = load(q), z = load(r);
      vec done = plus(plus(ends, times(x, w2)), plus(times(y, w5), times(z, w8)));
      ends = plus(plus(goes, times(x, w1)), plus(times(y, w4), times(z, w7)));
      goes = plus(plus(start, times(x, w0)), plus(times(y, w3), times(z, w6)));
      if (i > 1) store(t, wasm_f32x4_pmax(zero, done));
    }
  }
}

// The largest of two by two pixels.
static void halve(floats up, floats low, int w, int c, float *to) {
  for (int x = 0; x < w / 2; x++, up += c, low += c)
    for (int g = 0; g < c; g += 4, up += 4, low += 4, to += 4)
      store(to, wasm_f32x4_pmax(wasm_f32x4_pmax(load(up), load(up + c)), wasm_f32x4_pmax(load(low), load(low + c))));
}

static float ring[3][(LONGEST / 4 + 6) * 64], pairs[2][(LONGEST / 4) * 64];

// A pointwise convolution and a depthwise one behind it, row by row, so that what is between them
// never leaves the cache; halved where `pools`. Without `from`, its rows are those of the stem.
static void unit(int number, floats from, int w, int h, float *to, int pools) {
  const Unit *u = &units[number];
  int c = u->after;
  __builtin_memset(ring[2], 0, (w + 2) * c * 4);
  for (int y = 0; y <= h; y++) {
    float *row = ring[y % 3];
    if (y < h) dense(from ? from + y * w * u->before : stem_row(y, 2 * w), u->before, w, u->before, u->point, u->point_bias, c, row + c);
    __builtin_memset(row, 0, (y < h ? 1 : w + 1) * c * 4);
    __builtin_memset(row + (w + 1) * c, 0, c * 4);
    if (y == 0) continue;
    float *const rows[3] = {ring[(y + 1) % 3], ring[(y + 2) % 3], row};
    float *out = pools ? pairs[(y - 1) & 1] : to + (y - 1) * w * c;
    depthwise(rows, w, c, u->depth, u->depth_bias, out, number < 14 ? 0 : -3e38f);
    if (pools && y % 2 == 0) halve(pairs[0], pairs[1], w, c, to + (y / 2 - 1) * (w / 2) * c);
  }
}

// Adds a map of half the size, each of its pixels to four.
static void merge(floats small, float *large, int w, int h) {
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++, large += 64)
      for (int g = 0; g < 64; g += 4)
        store(large + g, plus(load(large + g), load(small + ((y / 2) * (w / 2) + x / 2) * 64 + g)));
}

// Looks at the frame at a size and gives what the network tells of each place, 16 numbers each: of
// steps of 8, 16, 32 pixels of the picture, which is padded black to multiples of 32.
EXPORT(look) float *look(int width, int height) {
  int W = (width + 31) & ~31, H = (height + 31) & ~31, n = W * H, w = W / 8, h = H / 8;
  if (!show(width, height, 23 * n + 4096)) return 0;
  float *a = (float *)(picture + ((width * height * 4 + 63) & ~15)), *b = a + 2 * n + 192;
  float *at8 = b + 2 * n + 192, *at16 = at8 + n + 192, *at32 = at16 + n / 4 + 192;
  places = at32 + n / 16 + 192;
  unit(0, 0, W / 2, H / 2, a, 1);
  unit(1, a, W / 4, H / 4, b, 0), unit(2, b, W / 4, H / 4, a, 0), unit(3, a, W / 4, H / 4, b, 0);
  unit(4, b, W / 4, H / 4, a, 1), unit(5, a, w, h, b, 0), unit(6, b, w, h, at8, 0);
  for (int y = 0; y < h; y += 2) halve(at8 + y * w * 64, at8 + (y + 1) * w * 64, w, 64, a + y / 2 * (w / 2) * 64);
  unit(7, a, w / 2, h / 2, b, 0), unit(8, b, w / 2, h / 2, at16, 0);
  for (int y = 0; y < h / 2; y += 2)
    halve(at16 + y * (w / 2) * 64, at16 + (y + 1) * (w / 2) * 64, w / 2, 64, a + y / 2 * (w / 4) * 64);
  unit(9, a, w / 4, h / 4, b, 0), unit(10, b, w / 4, h / 4, at32, 0);
  float *told16 = places + n / 4, *told32 = told16 + n / 16;
  unit(13, at32, w / 4, h / 4, a, 0), unit(16, a, w / 4, h / 4, told32, 0);
  merge(a, at16, w / 2, h / 2), unit(12, at16, w / 2, h / 2, b, 0), unit(15, b, w / 2, h / 2, told16, 0);
  merge(b, at8, w, h), unit(11, at8, w, h, a, 0), unit(14, a, w, h, places, 0);
  return places;
}

// ---------------------------------------------------------------- the networks that read a face

static float face[(SIDE + 2) * (SIDE + 2) + 16];  // standardised, with a border of zeros

// Mean 0 and deviation 1, or less where the crop is flat; as in a mirror where `mirrored`.
static void standardise(int mirrored) {
  int sum = 0, squares = 0, n = SIDE * SIDE;
  for (int i = 0; i < n; i++) sum += crop[i], squares += crop[i] * crop[i];
  double mean = (double)sum / n, variance = (double)squares / n - mean * mean;
  float centre = mean, scale = __builtin_sqrt(variance > 0 ? variance : 0) + 4;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      face[(y + 1) * (SIDE + 2) + x + 1] = (crop[y * SIDE + (mirrored ? SIDE - 1 - x : x)] - centre) / scale;
}

static byte readable_file[184000] __attribute__((aligned(16)));
static float maps[4][26 * 26 * 16 + 64], columns[12 * 432 + 8];

EXPORT(readable_at) byte *readable_at(void) { return readable_file; }

// A square convolution of a map n × n that has a border, in steps; gives a map with a border again.
static void convolve(floats from, int n, int c, int kernel, int step, int outs, floats w, floats bias, float floor, float *to) {
  int side = n / step, k = kernel * c;
  for (int y = 0; y < side; y++) {
    for (int x = 0; x < side; x++)
      for (int r = 0; r < kernel; r++) {
        int begin = kernel == 2;  // 2 × 2 knows no border
        __builtin_memcpy(columns + x * k * kernel + r * k,
                         from + ((step * y + r + begin) * (n + 2) + step * x + begin) * c, k * 4);
      }
    float *row = to + ((y + 1) * (side + 2) + 1) * outs;
    dense(columns, k * kernel, side, k * kernel, w, bias, outs, row);
    for (int i = 0; i < side * outs; i += 4) store(row + i, wasm_f32x4_pmax(wasm_f32x4_splat(floor), load(row + i)));
    __builtin_memset(row + side * outs, 0, 2 * outs * 4);
  }
  __builtin_memset(to, 0, (side + 3) * outs * 4), __builtin_memset(to + (side + 1) * (side + 2) * outs, 0, (side + 2) * outs * 4);
}

static float means[MOST_OUT], weighs[MOST_OUT];

// The means of the channels of a map n × n with a border, times a scale.
static void average(floats map, int n, int c) {
  for (int o = 0; o < c; o++) {
    double sum = 0;
    for (int y = 1; y <= n; y++)
      for (int x = 1; x <= n; x++) sum += map[(y * (n + 2) + x) * c + o];
    means[o] = sum / (n * n);
  }
}

// What `readable` says of the crop; the length of its file instead where `loads`.
EXPORT(readable) float readable(int loads) {
  static const int sizes[3][3] = {{24, 16, 16}, {12, 16, 16}, {12, 16, 48}};  // side, channels
  float *x = maps[0], *y = maps[1], *z = maps[2], *s = maps[3];
  at = readable_file;
  floats w = take_floats(9 * 16), bias = take_floats(16);
  if (!loads) standardise(0), convolve(face, SIDE, 1, 3, 2, 16, w, bias, 0, x);
  for (int b = 0; b < 3; b++) {
    int n = sizes[b][0], c = sizes[b][1], outs = sizes[b][2], step = b == 1 ? 1 : 2, side = n / step;
    floats w1 = take_floats(9 * c * outs), b1 = take_floats(outs), w2 = take_floats(9 * outs * outs), b2 = take_floats(outs);
    floats w3 = step == 2 ? take_floats(4 * c * outs) : 0, b3 = step == 2 ? take_floats(outs) : 0;
    floats excite[4] = {take_floats(outs * outs / 8), take_floats(outs / 8), take_floats(outs * outs / 8), take_floats(outs)};
    if (loads) continue;
    convolve(x, n, c, 3, step, outs, w1, b1, 0, y), convolve(y, side, outs, 3, 1, outs, w2, b2, -3e38f, z);
    if (w3) convolve(x, n, c, 2, 2, outs, w3, b3, -3e38f, s);
    floats other = w3 ? s : x;
    average(z, side, outs), excitation(means, outs, excite, weighs);
    for (int i = 0; i < (side + 2) * (side + 2) * outs; i += 4)  // the borders stay 0
      store(z + i, wasm_f32x4_pmax(wasm_f32x4_splat(0), plus(times(load(z + i), load(weighs + i % outs)), load(other + i))));
    float *old = x;
    x = z, z = old;
  }
  floats head = take_floats(48), head_bias = take_floats(1);
  if (loads) return at - readable_file;
  average(x, 6, 48), layer(means, 48, head, head_bias, 1, logits);
  return logits[0];
}

// `mini` counts in 8-bit integers, which lie in 16 bits here. Its 3 × 3 convolutions in steps of one
// are computed as Winograd's F(2 × 2, 3 × 3), which takes 16 products for four pixels and not 36; with
// the transformed weights times four it knows integers only, and is exact.
typedef struct { const word *w; floats factor; const int *bias; float zero; } Conv;
typedef struct { float zero, scale, excite, factor, factor_zero, short_zero, ratio, short_ratio, fixed, pad[3]; } Numbers;
typedef struct { int n, c, outs, step; Conv first, second, other; floats excite[4]; const Numbers *numbers; } Block;
static Block blocks[BLOCKS] = {{48, 16, 32, 2}, {24, 32, 32, 1}, {24, 32, 80, 2}, {12, 80, 80, 1}, {12, 80, 176, 2}, {6, 176, 176, 1}};
static byte mini_file[1400000] __attribute__((aligned(16)));
static word weights[2300000] __attribute__((aligned(16))), *weights_end;
static floats mini_stem, mini_stem_bias, mini_stem_scale, mini_scale, mini_head, mini_head_bias;

EXPORT(mini_at) byte *mini_at(void) { return mini_file; }

static Conv conv_load(int c, int outs, int kernel, int step) {
  int count = c * outs, taps = kernel * kernel;
  const signed char *g = take(count * taps);
  Conv conv = {weights_end, take_floats(outs), take(outs * 4), 0};
  if (step == 2)
    for (int i = 0; i < count * taps; i++) *weights_end++ = g[i];
  else {
    for (int i = 0; i < count; i++, g += 9)
      for (int u = 0; u < 4; u++) {
        int row[3];  // twice G g, then times twice G transposed
        for (int k = 0; k < 3; k++)
          row[k] = u == 0 ? 2 * g[k] : u == 3 ? 2 * g[6 + k] : g[k] + g[6 + k] + (u == 1 ? g[3 + k] : -g[3 + k]);
        word *to = weights_end + 4 * u * count + i;
        to[0] = 2 * row[0], to[count] = row[0] + row[1] + row[2];
        to[2 * count] = row[0] - row[1] + row[2], to[3 * count] = 2 * row[2];
      }
    weights_end += 16 * count;
  }
  return conv;
}

EXPORT(mini_load) int mini_load(void) {  // how many bytes it must have
  at = mini_file, weights_end = weights;
  mini_stem = take_floats(9 * 16), mini_stem_bias = take_floats(16), mini_stem_scale = take_floats(1);
  for (Block *b = blocks; b < blocks + BLOCKS; b++) {
    int outs = b->outs, hidden = outs * outs / 8;
    b->first = conv_load(b->c, outs, 3, b->step), b->second = conv_load(outs, outs, 3, 1);
    if (b->step == 2) b->other = conv_load(b->c, outs, 2, 2);
    b->excite[0] = take_floats(hidden), b->excite[1] = take_floats(outs / 8);
    b->excite[2] = take_floats(hidden), b->excite[3] = take_floats(outs);
    b->numbers = take(sizeof(Numbers)), b->second.zero = b->numbers->zero, b->other.zero = b->numbers->short_zero;
  }
  mini_scale = take_floats(1), mini_head = take_floats(8 * MOST_OUT), mini_head_bias = take_floats(8);
  return at - mini_file;
}

// Four sums of products as 8-bit numbers, as ONNX Runtime rounds them.
static void requantise(vec sums, const Conv *conv, int o, word *to) {
  vec value = wasm_f32x4_convert_i32x4(wasm_i32x4_add(sums, load(conv->bias + o)));
  value = times(value, load(conv->factor + o));
  value = wasm_f32x4_pmax(wasm_f32x4_splat(-conv->zero), wasm_f32x4_pmin(wasm_f32x4_splat(255 - conv->zero), value));
  value = wasm_i32x4_sub(plus(value, wasm_f32x4_splat(ROUND)), wasm_f32x4_splat(ROUND - conv->zero));
  wasm_v128_store64_lane(to, wasm_i16x8_narrow_i32x4(value, value), 0);
}

#define MAP (50 * 50 * 16)  // of all maps of mini, with borders, the largest
static word inputs[2][2 * MAP], inner[2 * MAP], outer[2 * MAP], others[2 * MAP];
static word tiles[16 * TILES * MOST_OUT];
static int products[16 * TILES * MOST_OUT];

// All maps n × n have a border here; that of `views` faces lie behind each other.
static void step_of_two(const word *from, int n, int c, int kernel, const Conv *conv, int outs, int views, word *to) {
  int side = n / 2, k = kernel * c, begin = kernel == 2;
  for (int row = 0; row < views * side; row++) {
    int view = row / side, y = row % side;
    const word *map = from + view * (n + 2) * (n + 2) * c;
    for (int x = 0; x < side; x++)
      for (int r = 0; r < kernel; r++)
        __builtin_memcpy(tiles + (x * kernel + r) * k, map + ((2 * y + r + begin) * (n + 2) + 2 * x + begin) * c, k * 2);
    dots(tiles, side, k * kernel, conv->w, outs, products);
    word *out = to + ((view * (side + 2) + y + 1) * (side + 2) + 1) * outs;
    for (int x = 0; x < side; x++)
      for (int o = 0; o < outs; o += 4) requantise(load(products + x * outs + o), conv, o, out + x * outs + o);
  }
}

static void step_of_one(const word *from, int n, int c, const Conv *conv, int outs, int views, word *to) {
  int half = n / 2, all = views * half * half, wide_row = (n + 2) * c;
  for (int begin = 0; begin < all; begin += TILES) {
    int count = least(TILES, all - begin);
    for (int i = 0; i < count; i++) {
      int t = begin + i, view = t / (half * half), y = t / half % half, x = t % half;
      const word *p = from + (view * (n + 2) + 2 * y) * wide_row + 2 * x * c;
      for (int k = 0; k < c; k += 8, p += 8) {
        vec d[4][4];
        for (int r = 0; r < 4; r++) {
          vec v0 = load(p + r * wide_row), v1 = load(p + r * wide_row + c);
          vec v2 = load(p + r * wide_row + 2 * c), v3 = load(p + r * wide_row + 3 * c);
          d[r][0] = wasm_i16x8_sub(v0, v2), d[r][1] = wasm_i16x8_add(v1, v2);
          d[r][2] = wasm_i16x8_sub(v2, v1), d[r][3] = wasm_i16x8_sub(v1, v3);
        }
        for (int q = 0; q < 4; q++) {
          word *to_tile = tiles + (q * count + i) * c + k;
          store(to_tile, wasm_i16x8_sub(d[0][q], d[2][q]));
          store(to_tile + 4 * count * c, wasm_i16x8_add(d[1][q], d[2][q]));
          store(to_tile + 8 * count * c, wasm_i16x8_sub(d[2][q], d[1][q]));
          store(to_tile + 12 * count * c, wasm_i16x8_sub(d[1][q], d[3][q]));
        }
      }
    }
    for (int u = 0; u < 16; u++) dots(tiles + u * count * c, count, c, conv->w + u * c * outs, outs, products + u * count * outs);
    for (int i = 0; i < count; i++) {
      int t = begin + i, view = t / (half * half), y = t / half % half, x = t % half;
      word *out = to + ((view * (n + 2) + 2 * y + 1) * (n + 2) + 2 * x + 1) * outs;
      for (int o = 0; o < outs; o += 4) {
        vec m[2][4];
        for (int q = 0; q < 4; q++) {
          const int *p = products + (q * count + i) * outs + o;
          vec p0 = load(p), p1 = load(p + 4 * count * outs), p2 = load(p + 8 * count * outs), p3 = load(p + 12 * count * outs);
          m[0][q] = wasm_i32x4_add(p0, wasm_i32x4_add(p1, p2));
          m[1][q] = wasm_i32x4_sub(wasm_i32x4_sub(p1, p2), p3);
        }
        for (int r = 0; r < 2; r++) {
          vec left = wasm_i32x4_add(m[r][0], wasm_i32x4_add(m[r][1], m[r][2]));
          vec right = wasm_i32x4_sub(wasm_i32x4_sub(m[r][1], m[r][2]), m[r][3]);
          requantise(wasm_i32x4_shr(left, 2), conv, o, out + r * (n + 2) * outs + o);
          requantise(wasm_i32x4_shr(right, 2), conv, o, out + r * (n + 2) * outs + outs + o);
        }
      }
    }
  }
}

static void conv(const word *from, int n, int c, const Conv *conv, int step, int outs, int views, word *to) {
  int side = n / step;
  __builtin_memset(to, 0, views * (side + 2) * (side + 2) * outs * 2);
  if (step == 2) step_of_two(from, n, c, 3, conv, outs, views, to);
  else step_of_one(from, n, c, conv, outs, views, to);
}

// Weighs the channels of the second convolution's maps, adds the block's input, and rounds each time.
static void finish(const Block *b, const word *map, const word *other, word *to) {
  const Numbers *m = b->numbers;
  int n = b->n / b->step, c = b->outs, row = (n + 2) * c;
  for (int o = 0; o < c; o++) {
    int sum = 0;
    for (int y = 1; y <= n; y++)
      for (int x = 1; x <= n; x++) sum += map[y * row + x * c + o];
    means[o] = ((float)sum / (n * n) - m->zero) * m->scale;
  }
  excitation(means, c, (floats *)b->excite, weighs);
  for (int o = 0; o < c; o++) weighs[o] = least(255, __builtin_rintf(weighs[o] / m->excite));
  vec zero = wasm_f32x4_splat(m->zero), factor = wasm_f32x4_splat(m->factor), factor_zero = wasm_f32x4_splat(m->factor_zero);
  vec ratio = wasm_f32x4_splat(m->ratio), short_ratio = wasm_f32x4_splat(m->short_ratio), fixed = wasm_f32x4_splat(m->fixed);
  vec low = wasm_f32x4_splat(0), high = wasm_f32x4_splat(255), round = wasm_f32x4_splat(ROUND);
  for (int y = 1; y <= n; y++)
    for (int i = c; i < row - c; i += 4) {
      vec q = wasm_f32x4_sub(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(map + y * row + i)), zero);
      q = plus(times(times(q, load(weighs + i % c)), factor), factor_zero);
      q = wasm_f32x4_sub(plus(wasm_f32x4_pmax(low, wasm_f32x4_pmin(high, q)), round), round);
      vec sum = plus(fixed, times(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(other + y * row + i)), short_ratio));
      sum = wasm_f32x4_pmax(low, wasm_f32x4_pmin(high, plus(sum, times(q, ratio))));
      sum = wasm_i32x4_sub(plus(sum, round), round);
      wasm_v128_store64_lane(to + y * row + i, wasm_i16x8_narrow_i32x4(sum, sum), 0);
    }
}

// The logits for the crop, or the mean of those for it and for its mirror image.
EXPORT(mini) float *mini(int views) {
  word *x = inputs[0], *y = inputs[1];
  __builtin_memset(x, 0, sizeof inputs[0]);
  for (int view = 0; view < views; view++) {
    standardise(view);
    for (int r = 0; r < SIDE; r++) {
      float *to = maps[1];
      for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < 3; k++)
          for (int t = 0; t < 3; t++) maps[0][i * 9 + 3 * k + t] = face[(r + k) * (SIDE + 2) + i + t];
      dense(maps[0], 9, SIDE, 9, mini_stem, mini_stem_bias, 16, to);
      for (int i = 0; i < SIDE * 16; i += 4) {
        vec value = wasm_f32x4_div(load(to + i), wasm_f32x4_splat(*mini_stem_scale));
        value = wasm_f32x4_pmax(wasm_f32x4_splat(0), wasm_f32x4_pmin(wasm_f32x4_splat(255), value));
        value = wasm_i32x4_sub(plus(value, wasm_f32x4_splat(ROUND)), wasm_f32x4_splat(ROUND));
        word *out = x + ((view * 50 + r + 1) * 50 + 1) * 16 + i;
        wasm_v128_store64_lane(out, wasm_i16x8_narrow_i32x4(value, value), 0);
      }
    }
  }
  for (const Block *b = blocks; b < blocks + BLOCKS; b++) {
    int n = b->n / b->step, size = (n + 2) * (n + 2) * b->outs;
    conv(x, b->n, b->c, &b->first, b->step, b->outs, views, inner);
    conv(inner, n, b->outs, &b->second, 1, b->outs, views, outer);
    if (b->step == 2) step_of_two(x, b->n, b->c, 2, &b->other, b->outs, views, others);
    const word *other = b->step == 2 ? others : x;
    __builtin_memset(y, 0, views * size * 2);
    for (int view = 0; view < views; view++) finish(b, outer + view * size, other + view * size, y + view * size);
    word *old = x;
    x = y, y = old;
  }
  float said[2][8];
  for (int view = 0; view < views; view++) {
    for (int o = 0; o < MOST_OUT; o++) {
      int sum = 0;
      for (int i = 0; i < 64; i++) sum += x[(view * 64 + i) * MOST_OUT + o];
      means[o] = (float)sum / 36 * *mini_scale;
    }
    layer(means, MOST_OUT, mini_head, mini_head_bias, 8, said[view]);
  }
  for (int i = 0; i < 8; i++) logits[i] = views == 2 ? (said[0][i] + said[1][i]) / 2 : said[0][i];
  return logits;
}

EXPORT(crop_at) byte *crop_at(void) { return crop; }
