// What the live tab computes in the visitor's browser, as kernels: areas of pixels, the layers of the
// detector, and those of the two networks that read a face. The graphs are in static/vision/detector.js
// and readers.js, which call these; build.py compiles them.
//
// Pictures are RGBA. Maps lie pixel by pixel, the channels of a pixel side by side, so that a vector
// holds neighbouring channels and a window reads rows of one piece. Nothing is imported, there is one
// thread, and nothing here asks for memory: 2.6 MB stand below, and static/vision/memory.js says where
// weights, frame and maps are. That is 12 MB for a frame of 640 × 480 that is looked at with 320 × 240,
// 73 MB for the largest frame and look that engine.js takes, and 80 MiB at most (build.py).
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define SIDE 48          // of a face's crop
#define LONGEST 1920     // side of a picture that is looked at
#define WIDEST 176       // channels of a map of a face, at most
#define TILES 36         // of two by two pixels that a convolution of integers works on at once
#define LOWEST -3e38f    // no number is lower
#define ROUND 12582912.f // 1.5 · 2^23: a number that this is added to loses its fraction, ties to even

typedef v128_t vec;
typedef unsigned char byte;
typedef short word;
typedef const float *floats;
extern byte __heap_base;
EXPORT(free_from) byte *free_from(void) { return &__heap_base; }

static int least(int a, int b) { return a < b ? a : b; }
static int within(int value, int end) { return value < 0 ? 0 : least(value, end - 1); }
static vec load(const void *at) { return wasm_v128_load(at); }
static void store(void *at, vec value) { wasm_v128_store(at, value); }
static vec all(float value) { return wasm_f32x4_splat(value); }
static vec times(vec a, vec b) { return wasm_f32x4_mul(a, b); }
static vec plus(vec a, vec b) { return wasm_f32x4_add(a, b); }
static vec larger(vec a, vec b) { return wasm_f32x4_pmax(a, b); }
static vec clamp(vec value, float low, float high) { return larger(all(low), wasm_f32x4_pmin(all(high), value)); }
static void zero(void *at, int bytes) { __builtin_memset(at, 0, bytes); }

// ------------------------------------------------------------------------------------------ pixels

static vec wide(unsigned pixel) {  // its four channels
  vec words = wasm_u16x8_extend_low_u8x16(wasm_i32x4_make(pixel, 0, 0, 0));
  return wasm_f32x4_convert_i32x4(wasm_u32x4_extend_low_u16x8(words));
}

// Halves a picture, four pixels of the result at once: (a + b + c + d + 2) / 4.
static void halve_picture(const unsigned *from, unsigned *to, int w, int h) {
  for (int y = 0; y < h; y++, from += 4 * w, to += w)
    for (int x = 0; x < w; x += 4) {
      if (x + 4 > w) x = w - 4;
      vec half[2];
      for (int k = 0; k < 2; k++) {
        vec up = load(from + 2 * x + 4 * k), low = load(from + 2 * w + 2 * x + 4 * k);
        vec a = wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(up), wasm_u16x8_extend_low_u8x16(low));
        vec b = wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(up), wasm_u16x8_extend_high_u8x16(low));
        vec sum = wasm_i16x8_add(wasm_i64x2_shuffle(a, b, 0, 2), wasm_i64x2_shuffle(a, b, 1, 3));
        half[k] = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(2)), 2);
      }
      store(to + x, wasm_u8x16_narrow_i16x8(half[0], half[1]));
    }
}

// Of one pixel of a result, along one axis: the pixels from `from` to before `to` that it covers, and
// what the first, the last and all between count.
typedef struct { int from, to; float first, middle, last; } Span;

static Span span(int index, int size, int result, int whole) {
  int step = size / result;
  if (whole) return (Span){index * step, (index + 1) * step, 1, 1, 1};
  double scale = (double)size / result, begin = index * scale, end = begin + scale;
  double cell = scale < size - begin ? scale : size - begin;
  int last = least((int)__builtin_floor(end), size - 1), first = least((int)__builtin_ceil(begin), last);
  Span s = {first, last, 1 / cell, 1 / cell, 1 / cell};
  if (end - last > 1e-3) {
    s.last = (end - last < 1 ? end - last : 1) / cell;
    if (s.from == s.to++) s.first = s.last;
  }
  if (first - begin > 1e-3) s.from--, s.first = (first - begin) / cell;
  return s;
}

static vec weight(const Span *s, int at) {
  return all(at == s->from ? s->first : at < s->to - 1 ? s->middle : s->last);
}

// A rectangle of a picture, made smaller or left as it is: each pixel of the result is the mean of the
// area that it covers. Beyond the border the picture's edge is repeated. Sums and rounding are those
// of OpenCV's INTER_AREA: floats, row by row; whole numbers where both axes shrink by whole steps.
EXPORT(shrink) void shrink(const unsigned *from, int width, int height, int left, int top, int w, int h,
                           unsigned *to, int tw, int th) {
  static Span across[LONGEST];
  static float sums[LONGEST * 4];
  int whole = w % tw == 0 && h % th == 0, twice = w == 2 * tw && h == 2 * th;
  if (twice && tw >= 4 && !left && !top && w == width && h <= height) return halve_picture(from, to, tw, th);
  vec share = all(whole ? (float)(1. / ((w / tw) * (h / th))) : 1);
  for (int x = 0; x < tw; x++) across[x] = span(x, w, tw, whole);
  for (int y = 0; y < th; y++, to += tw) {
    Span down = span(y, h, th, whole);
    zero(sums, tw * 16);
    for (int r = down.from; r < down.to; r++) {
      const unsigned *row = from + within(top + r, height) * width;
      for (int x = 0; x < tw; x++) {
        const Span *s = &across[x];
        vec sum = all(0);
        for (int c = s->from; c < s->to; c++)
          sum = plus(sum, times(wide(row[within(left + c, width)]), weight(s, c)));
        store(sums + 4 * x, plus(load(sums + 4 * x), times(weight(&down, r), sum)));
      }
    }
    for (int x = 0; x < tw; x++) {
      vec value = times(load(sums + 4 * x), share);
      value = twice ? wasm_f32x4_floor(plus(value, all(.5f))) : wasm_f32x4_nearest(value);
      value = wasm_i32x4_trunc_sat_f32x4(value), value = wasm_i16x8_narrow_i32x4(value, value);
      to[x] = wasm_i32x4_extract_lane(wasm_u8x16_narrow_i16x8(value, value), 0);
    }
  }
}

// -------------------------------------------------------------------------------- sums of products

// Rows of k numbers, `n` of them, times weights that lie as [outs / 8][k][8], plus a bias that follows
// them. Four rows and eight outputs stay in registers; up to three rows behind the last are read and
// written too, for which there is room everywhere.
static void dense(floats x, int n, int k, floats w, int outs, float *to) {
  floats bias = w + k * outs;
  for (int o = 0; o < outs; o += 8, w += 8 * k)
    for (int i = 0; i < n; i += 4) {
      floats p = x + i * k;
      vec a[4], b[4];
      for (int t = 0; t < 4; t++) a[t] = load(bias + o), b[t] = load(bias + o + 4);
      for (int j = 0; j < k; j++) {
        vec u = load(w + 8 * j), v = load(w + 8 * j + 4);
        for (int t = 0; t < 4; t++) {
          vec z = wasm_v128_load32_splat(p + t * k + j);
          a[t] = plus(a[t], times(z, u)), b[t] = plus(b[t], times(z, v));
        }
      }
      float *z = to + i * outs + o;
      for (int t = 0; t < 4; t++, z += outs) store(z, a[t]), store(z + 4, b[t]);
    }
}

// The same of 16-bit integers, without a bias: six rows at least, weights [outs / 8][k / 2][8][2]. One
// instruction multiplies eight pairs of numbers and adds two products each.
static void dots(const word *x, int n, int k, const word *w, int outs, int *to) {
  for (int o = 0; o < outs; o += 8, w += 8 * k)
    for (int i = 0; i < n; i += 6) {
      if (i + 6 > n) i = n - 6;
      vec a[6], b[6];
      for (int t = 0; t < 6; t++) a[t] = b[t] = wasm_i32x4_splat(0);
      for (int j = 0; j < k; j += 2) {
        vec u = load(w + 8 * j), v = load(w + 8 * j + 8);
        for (int t = 0; t < 6; t++) {
          vec z = wasm_v128_load32_splat(x + (i + t) * k + j);
          a[t] = wasm_i32x4_add(a[t], wasm_i32x4_dot_i16x8(z, u));
          b[t] = wasm_i32x4_add(b[t], wasm_i32x4_dot_i16x8(z, v));
        }
      }
      int *z = to + i * outs + o;
      for (int t = 0; t < 6; t++, z += outs) store(z, a[t]), store(z + 4, b[t]);
    }
}

// The windows of one row of a convolution behind each other, each by rows; `size` is that of a pixel.
static void gather(const void *from, int row, int size, int kernel, int step, int n, void *to) {
  for (int x = 0, k = kernel * size; x < n; x++)
    for (int r = 0; r < kernel; r++)
      __builtin_memcpy((byte *)to + (x * kernel + r) * k, (const byte *)from + r * row + x * step * size, k);
}

// ------------------------------------------------------------------------------ the detector, YuNet

enum { STEM = 1, POOLS = 2, LINEAR = 4 };  // of a unit
static float ring[3][(LONGEST / 4 + 6) * 64], pairs[2][LONGEST / 4 * 64];
static float pixels[4][(LONGEST + 2) * 3 + 4];
static float patches[(LONGEST / 2 + 4) * 27 + 4], stems[(LONGEST / 2 + 4) * 16];

// A row of n pixels of the first convolution, 3 × 3 in steps of two, of a picture that is black beyond
// its border; each of the picture's rows becomes floats once.
static floats stem_row(floats w, const unsigned *picture, int width, int height, int y, int n) {
  for (int r = y ? 2 * y : -1; r < 2 * y + 2; r++) {
    float *row = pixels[r & 3];
    zero(row, sizeof pixels[0]);
    if (r < 0 || r >= height) continue;
    for (int x = 0; x < width; x++)
      store(row + 3 * x + 3, wasm_f32x4_replace_lane(wide(picture[r * width + x]), 3, 0));
  }
  for (int k = 0; k < 3; k++)
    for (int x = 0; x < n; x++)
      __builtin_memcpy(patches + 27 * x + 9 * k, pixels[(2 * y - 1 + k) & 3] + 6 * x, 9 * sizeof(float));
  dense(patches, n, 27, w, 16, stems);
  for (int i = 0; i < n * 16; i += 4) store(stems + i, larger(all(0), load(stems + i)));
  return stems;
}

// 3 × 3 of each channel by itself, of three rows that begin a pixel to the left; weights [c / 4][9][4],
// then a bias. Each column is read once, and ends one sum, goes on with the next and starts a third.
static void depthwise(float *const rows[3], int n, int c, floats w, float floor, float *to) {
  floats bias = w + 9 * c;
  for (int g = 0; g < c; g += 4, w += 36) {
    vec start = load(bias + g), ends = start, goes = start, u[9];
    for (int t = 0; t < 9; t++) u[t] = load(w + 4 * t);
    for (int i = 0; i < n + 2; i++) {
      vec x = load(rows[0] + i * c + g), y = load(rows[1] + i * c + g), z = load(rows[2] + i * c + g);
      vec done = plus(plus(ends, times(x, u[2])), plus(times(y, u[5]), times(z, u[8])));
      ends = plus(plus(goes, times(x, u[1])), plus(times(y, u[4]), times(z, u[7])));
      goes = plus(plus(start, times(x, u[0])), plus(times(y, u[3]), times(z, u[6])));
      if (i > 1) store(to + (i - 2) * c + g, larger(all(floor), done));
    }
  }
}

// The largest of each two by two pixels of two rows, of which the first w are read.
static void pool(floats up, floats low, int w, int c, float *to) {
  for (int x = 0; x < w / 2; x++, up += c, low += c)
    for (int g = 0; g < c; g += 4, up += 4, low += 4, to += 4)
      store(to, larger(larger(load(up), load(up + c)), larger(load(low), load(low + c))));
}

EXPORT(halve) void halve(floats from, int w, int h, int c, float *to) {
  for (int y = 0; y < h; y += 2, from += 2 * w * c, to += w / 2 * c) pool(from, from + w * c, w, c, to);
}

// A pointwise convolution and a depthwise one behind it, row by row, so that what is between them never
// leaves the cache. As `kind` says, the input is a picture that the first convolution reads, the result
// is halved, or it keeps what is below zero.
EXPORT(unit) void unit(floats w, int before, int c, const void *from, int width, int height, int n, int h,
                       float *to, int kind) {
  floats stem = w, point = w + (kind & STEM ? 28 * 16 : 0), depth = point + (before + 1) * c;
  zero(ring[2], (n + 2) * c * 4);
  for (int y = 0; y <= h; y++) {
    float *row = ring[y % 3], *const rows[3] = {ring[(y + 1) % 3], ring[(y + 2) % 3], row};
    if (y < h) {
      floats in = kind & STEM ? stem_row(stem, from, width, height, y, n) : (floats)from + y * n * before;
      dense(in, n, before, point, c, row + c);
    }
    zero(row, (y < h ? 1 : n + 1) * c * 4), zero(row + (n + 1) * c, c * 4);
    if (y == 0) continue;
    float *out = kind & POOLS ? pairs[(y - 1) & 1] : to + (y - 1) * n * c;
    depthwise(rows, n, c, depth, kind & LINEAR ? LOWEST : 0, out);
    if (kind & POOLS && y % 2 == 0) pool(pairs[0], pairs[1], n, c, to + (y / 2 - 1) * (n / 2) * c);
  }
}

// Adds a map of half the size, each of its pixels to four.
EXPORT(merge) void merge(floats small, float *large, int w, int h, int c) {
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++, large += c) {
      floats from = small + (y / 2 * (w / 2) + x / 2) * c;
      for (int g = 0; g < c; g += 4) store(large + g, plus(load(large + g), load(from + g)));
    }
}

// ------------------------------------------------------------- layers of the networks that read a face

static float columns[SIDE * 9 * 16];

// A square convolution of a map n × n with a border of zeros, and its bias; gives a map with a border.
// Of two by two pixels it takes no border in.
EXPORT(convolve) void convolve(floats from, int n, int c, int kernel, int step, floats w, int outs, float floor,
                               float *to) {
  int side = n / step, inside = kernel == 2, line = (n + 2) * c, edge = (side + 2) * outs;
  zero(to, edge * 4);
  for (int y = 0; y < side; y++) {
    float *row = to + (y + 1) * edge + outs;
    gather(from + (y * step + inside) * line + inside * c, line * 4, c * 4, kernel, step, side, columns);
    dense(columns, side, kernel * kernel * c, w, outs, row);
    for (int i = 0; i < side * outs; i += 4) store(row + i, larger(all(floor), load(row + i)));
    zero(row - outs, outs * 4), zero(row + side * outs, outs * 4);
  }
  zero(to + (side + 1) * edge, edge * 4);
}

// The means of the channels of a map with a border, of floats or of integers.
EXPORT(average) void average(const void *map, int whole, int n, int c, double *means) {
  zero(means, c * sizeof *means);
  for (int y = 1; y <= n; y++)
    for (int x = 1, i = (y * (n + 2) + 1) * c; x <= n; x++, i += c)
      for (int o = 0; o < c; o++) means[o] += whole ? ((const word *)map)[i + o] : ((floats)map)[i + o];
  for (int o = 0; o < c; o++) means[o] /= n * n;
}

// The end of a block: the map with its channels weighed, plus another, of what is above zero.
EXPORT(weigh) void weigh(float *map, floats shares, floats other, int n, int c) {
  for (int i = 0; i < (n + 2) * (n + 2) * c; i += 4)
    store(map + i, larger(all(0), plus(times(load(map + i), load(shares + i % c)), load(other + i))));
}

// ------------------------------------------------------------------------- layers in 8-bit integers

// `mini` counts in 8-bit integers, here in 16 bits each. Its 3 × 3 convolutions in steps of one are
// Winograd's F(2 × 2, 3 × 3), which takes 16 products for four pixels and not 36. With the transformed
// weights times four (readers.js) that knows whole numbers only, so it is exact: inputs of 0 to 255
// become ±1,020, weights of ±64 become ±576, and a sum of 176 products stays far below 2^31.
static word tiles[16 * TILES * WIDEST];
static int products[16 * TILES * WIDEST];

// Four floats from -zero to 255 - zero as integers, ties to even, with `zero` added.
static void put(vec value, int zero, word *to) {
  value = wasm_i32x4_sub(plus(value, all(ROUND)), wasm_i32x4_splat(0x4b400000 - zero));
  wasm_v128_store64_lane(to, wasm_i16x8_narrow_i32x4(value, value), 0);
}

// Four sums of products, the outputs from `o` on, as the next layer's numbers: with a bias, scaled and
// rounded as ONNX Runtime does it. Behind the factors of all outputs lie their biases.
static void requantise(vec sums, floats factors, int outs, int o, int zero, word *to) {
  vec value = wasm_f32x4_convert_i32x4(wasm_i32x4_add(sums, load(factors + outs + o)));
  put(clamp(times(value, load(factors + o)), -zero, 255 - zero), zero, to);
}

// The first convolution, of a crop with a border, as integers of so large a scale.
EXPORT(first) void first(floats face, floats w, float scale, word *to) {
  float *row = (float *)products;
  for (int y = 0; y < SIDE; y++) {
    gather(face + y * (SIDE + 2), (SIDE + 2) * 4, 4, 3, 1, SIDE, columns);
    dense(columns, SIDE, 9, w, 16, row);
    word *out = to + ((y + 1) * (SIDE + 2) + 1) * 16;
    for (int i = 0; i < SIDE * 16; i += 4)
      put(clamp(wasm_f32x4_div(load(row + i), all(scale)), 0, 255), 0, out + i);
  }
}

// As `convolve`, in steps of two. All maps of `views` faces lie behind each other, and the result's
// border is there already.
EXPORT(stride) void stride(const word *from, int n, int c, int kernel, const word *w, floats factors, int zero,
                           int outs, int views, word *to) {
  int side = n / 2, inside = kernel == 2, edge = (n + 2) * c;
  for (int line = 0; line < views * side; line++) {
    int view = line / side, y = line % side;
    const word *begin = from + (view * (n + 2) + 2 * y + inside) * edge + inside * c;
    gather(begin, edge * 2, c * 2, kernel, 2, side, tiles);
    dots(tiles, side, kernel * kernel * c, w, outs, products);
    word *row = to + ((view * (side + 2) + y + 1) * (side + 2) + 1) * outs;
    for (int i = 0; i < side * outs; i += 4)
      requantise(load(products + i), factors, outs, i % outs, zero, row + i);
  }
}

// 3 × 3 in steps of one: of each tile of two by two pixels the sixteen around it are transformed, then
// multiplied place by place, which is 16 products of matrices, then transformed back.
EXPORT(winograd) void winograd(const word *from, int n, int c, const word *w, floats factors, int zero, int outs,
                               int views, word *to) {
  int half = n / 2, count, edge = (n + 2) * c;
  for (int begin = 0; begin < views * half * half; begin += count) {
    count = least(TILES, views * half * half - begin);
    for (int i = 0; i < count; i++) {
      int view = (begin + i) / (half * half), y = (begin + i) / half % half, x = (begin + i) % half;
      for (int k = 0; k < c; k += 8) {
        const word *p = from + (view * (n + 2) + 2 * y) * edge + 2 * x * c + k;
        vec d[4][4];
        for (int r = 0; r < 4; r++, p += edge) {
          vec a = load(p), b = load(p + c), e = load(p + 2 * c), f = load(p + 3 * c);
          d[r][0] = wasm_i16x8_sub(a, e), d[r][1] = wasm_i16x8_add(b, e);
          d[r][2] = wasm_i16x8_sub(e, b), d[r][3] = wasm_i16x8_sub(b, f);
        }
        for (int q = 0, far = 4 * count * c; q < 4; q++) {
          word *t = tiles + (q * count + i) * c + k;
          store(t, wasm_i16x8_sub(d[0][q], d[2][q])), store(t + far, wasm_i16x8_add(d[1][q], d[2][q]));
          store(t + 2 * far, wasm_i16x8_sub(d[2][q], d[1][q]));
          store(t + 3 * far, wasm_i16x8_sub(d[1][q], d[3][q]));
        }
      }
    }
    for (int u = 0; u < 16; u++)
      dots(tiles + u * count * c, count, c, w + u * c * outs, outs, products + u * count * outs);
    for (int i = 0, far = 4 * count * outs; i < count; i++) {
      int view = (begin + i) / (half * half), y = (begin + i) / half % half, x = (begin + i) % half;
      word *t = to + ((view * (n + 2) + 2 * y + 1) * (n + 2) + 2 * x + 1) * outs;
      for (int o = 0; o < outs; o += 4) {
        vec m[2][4];
        for (int q = 0; q < 4; q++) {
          const int *p = products + (q * count + i) * outs + o;
          vec a = load(p), b = load(p + far), e = load(p + 2 * far), f = load(p + 3 * far);
          m[0][q] = wasm_i32x4_add(a, wasm_i32x4_add(b, e));
          m[1][q] = wasm_i32x4_sub(wasm_i32x4_sub(b, e), f);
        }
        for (int r = 0; r < 2; r++) {
          vec left = wasm_i32x4_add(m[r][0], wasm_i32x4_add(m[r][1], m[r][2]));
          vec right = wasm_i32x4_sub(wasm_i32x4_sub(m[r][1], m[r][2]), m[r][3]);
          word *row = t + r * (n + 2) * outs + o;
          requantise(wasm_i32x4_shr(left, 2), factors, outs, o, zero, row);
          requantise(wasm_i32x4_shr(right, 2), factors, outs, o, zero, row + outs);
        }
      }
    }
  }
}

// The end of a block in integers: product and sum, each rounded. `m` holds the zero of the map, factor
// and zero of the product, what product and other map count in the sum, and what else is added to it.
EXPORT(weigh_whole) void weigh_whole(const word *map, floats shares, const word *other, int n, int c, floats m,
                                     word *to) {
  for (int y = 1, row = (n + 2) * c; y <= n; y++)
    for (int i = y * row + c; i < y * row + row - c; i += 4) {
      vec q = wasm_f32x4_sub(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(map + i)), all(m[0]));
      q = clamp(plus(times(times(q, load(shares + i % c)), all(m[1])), all(m[2])), 0, 255);
      q = wasm_f32x4_sub(plus(q, all(ROUND)), all(ROUND));
      vec sum = plus(all(m[5]), times(wasm_f32x4_convert_i32x4(wasm_i32x4_load16x4(other + i)), all(m[4])));
      put(clamp(plus(sum, times(q, all(m[3]))), 0, 255), 0, to + i);
    }
}
