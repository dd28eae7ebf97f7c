/* Part of c_loop.c: what a fit consists of, its random numbers and its activation functions. */
#include <math.h>
#include <stdint.h>

enum { FEATURES = 8, FOLDS = 3, TEST = 256, TRAIN = 512, ROWS = TEST + TRAIN, BATCH = 10, LANES = 16, MOST = 32 };
enum { BIAS = FEATURES, OUTPUT, OUTPUT_BIAS, WEIGHTS = (OUTPUT_BIAS + 1) * MOST }; /* the hidden kernel is rows 0 to 7 */
enum { LINEAR, RELU, TANH, SIGMOID, HARD_SIGMOID, SOFTSIGN, SOFTPLUS, SOFTMAX, ACTIVATIONS };
static const char *const NAMES[ACTIVATIONS] = {"linear",       "relu",     "tanh",     "sigmoid",
                                               "hard_sigmoid", "softsign", "softplus", "softmax"};
enum { FOR_WEIGHTS, FOR_ORDER, FOR_MASK, PURPOSES }; /* of random numbers */

typedef struct {
    int units, activation;
    float dropout, max_norm, hidden_limit, output_limit;
} Candidate;

/* Arrays of weights and of hidden values have rows of `width` floats, 16 or 32: the units, padded with zeros. */
typedef struct {
    Candidate candidate;
    uint32_t number;
    int order[TRAIN], steps;
    double beta_1_power, beta_2_power, loss, accuracy;
    _Alignas(64) float weights[WEIGHTS], gradient[WEIGHTS], momentum[WEIGHTS], velocity[WEIGHTS];
    _Alignas(64) float inputs[BATCH * FEATURES], labels[LANES], logits[LANES], delta[LANES];
    _Alignas(64) float hidden[BATCH * MOST], back[BATCH * MOST]; /* activations; gradients with respect to them */
    _Alignas(64) float scale[BATCH * MOST]; /* of activations: 0 where dropped or padding, else 1 / (1 - dropout) */
    _Alignas(64) uint32_t bits[TRAIN + MOST];
} Fit;

#define INLINE static inline __attribute__((always_inline)) /* so that `width` is a constant and loops are unrolled */

#define EACH(i, count) _Pragma("omp simd") for (int i = 0; i < (count); i++)

#define ROUND(turn) (x0 += x1, x1 = (x1 << (turn)) | (x1 >> (32 - (turn))), x1 ^= x0)
#define ROUNDS(a, b, c, d, add0, add1) (ROUND(a), ROUND(b), ROUND(c), ROUND(d), x0 += (add0), x1 += (add1))

/* The first `count` numbers of the fit's stream for this purpose and step. */
static void random_bits(Fit *fit, uint32_t purpose, uint32_t step, int count) {
    const uint32_t k0 = fit->number, k1 = step * PURPOSES + purpose, k2 = k0 ^ k1 ^ 0x1BD11BDA;
    for (int i = 0; i < count; i++) {
        uint32_t x0 = k0, x1 = (uint32_t)i + k1;
        ROUNDS(13, 15, 26, 6, k1, k2 + 1);
        ROUNDS(17, 29, 16, 24, k2, k0 + 2);
        ROUNDS(13, 15, 26, 6, k0, k1 + 3);
        ROUNDS(17, 29, 16, 24, k1, k2 + 4);
        ROUNDS(13, 15, 26, 6, k2, k0 + 5);
        fit->bits[i] = x0 ^ x1;
    }
}

/* Fisher-Yates. */
static void shuffle(Fit *fit, int epoch) {
    random_bits(fit, FOR_ORDER, epoch, TRAIN);
    for (int i = TRAIN - 1; i > 0; i--) {
        int other = (uint64_t)fit->bits[i] * (i + 1) >> 32, row = fit->order[i];
        fit->order[i] = fit->order[other];
        fit->order[other] = row;
    }
}

/* Inverted dropout of the batch's hidden values; JAX keeps those whose upper 23 bits, as a fraction, are below. */
INLINE void draw_masks(Fit *fit, int width, int rows) {
    const int units = fit->candidate.units;
    const float keep = 1 - fit->candidate.dropout, kept = 1 / keep;
    const int32_t below = (int32_t)ceilf(keep * 0x1p23f);
    random_bits(fit, FOR_MASK, fit->steps, rows * units);
    for (int row = 0; row < rows; row++)
        for (int unit = 0; unit < width; unit++) {
            int32_t fraction = (int32_t)(fit->bits[row * units + unit] >> 9);
            fit->scale[row * width + unit] = (fraction < below) & (unit < units) ? kept : 0;
        }
}

/* exp(-|x|), kept from underflow, where the vector functions of libm are slow. */
INLINE float decay(float x) { return expf(-fminf(fabsf(x), 87)); }

INLINE float sigmoid(float x) { return (x > 0 ? 1 : decay(x)) / (1 + decay(x)); }

INLINE float softplus(float x) { return fmaxf(x, 0) + log1pf(decay(x)); }

/* The activations of `rows` rows of weighted sums `a`, in place. */
INLINE void activate(const Candidate *candidate, int width, int rows, float *a) {
    const int count = rows * width, units = candidate->units;
    switch (candidate->activation) {
    case RELU: EACH(i, count) a[i] = fmaxf(a[i], 0); break;
    case TANH: EACH(i, count) a[i] = tanhf(a[i]); break;
    case SIGMOID: EACH(i, count) a[i] = sigmoid(a[i]); break;
    case HARD_SIGMOID: EACH(i, count) a[i] = fminf(fmaxf(a[i] + 3, 0), 6) / 6; break;
    case SOFTSIGN: EACH(i, count) a[i] = a[i] / (1 + fabsf(a[i])); break;
    case SOFTPLUS: EACH(i, count) a[i] = softplus(a[i]); break;
    case SOFTMAX:
        for (float *row = a; row < a + count; row += width) {
            float most = row[0], sum = 0;
            for (int unit = 0; unit < width; unit++) most = fmaxf(most, unit < units ? row[unit] : most);
            EACH(unit, width) row[unit] = unit < units ? decay(row[unit] - most) : 0;
            for (int unit = 0; unit < width; unit++) sum += row[unit];
            EACH(unit, width) row[unit] /= sum;
        }
    }
}

/* Turns `back`, gradients with respect to activations `a`, into gradients with respect to the weighted sums. */
INLINE void differentiate(const Candidate *candidate, int width, int rows, const float *a, float *back) {
    const int count = rows * width;
    switch (candidate->activation) {
    case RELU: EACH(i, count) back[i] = a[i] > 0 ? back[i] : 0; break;
    case TANH: EACH(i, count) back[i] *= 1 - a[i] * a[i]; break;
    case SIGMOID: EACH(i, count) back[i] *= a[i] * (1 - a[i]); break;
    case HARD_SIGMOID: EACH(i, count) back[i] = (a[i] > 0) & (a[i] < 1) ? back[i] / 6 : 0; break;
    case SOFTSIGN: EACH(i, count) back[i] *= (1 - fabsf(a[i])) * (1 - fabsf(a[i])); break;
    case SOFTPLUS: EACH(i, count) back[i] *= 1 - decay(a[i]); break;
    case SOFTMAX:
        for (int row = 0; row < count; row += width) {
            float sum = 0;
            for (int i = row; i < row + width; i++) sum += back[i] * a[i];
            EACH(unit, width) back[row + unit] = a[row + unit] * (back[row + unit] - sum);
        }
    }
}
