/* Part of c_loop.c: one step of training, on one batch. */
#include <string.h>

#include "c_loop_fit.h"

static float features[ROWS * FEATURES], labels[ROWS];

/* Copies rows of the data into the batch. */
static void gather(Fit *fit, const int *numbers, int rows) {
    for (int row = 0; row < rows; row++) {
        memcpy(fit->inputs + row * FEATURES, features + numbers[row] * FEATURES, FEATURES * sizeof(float));
        fit->labels[row] = labels[numbers[row]];
    }
}

/* The logits of the rows in `inputs`, with their activations left in `hidden`. */
INLINE void forward(Fit *fit, int width, int rows) {
    const float *w = fit->weights;
    for (int row = 0; row < rows; row++)
        EACH(unit, width) {
            float sum = w[BIAS * width + unit];
            for (int i = 0; i < FEATURES; i++) sum += fit->inputs[row * FEATURES + i] * w[i * width + unit];
            fit->hidden[row * width + unit] = sum;
        }
    activate(&fit->candidate, width, rows, fit->hidden);
    for (int row = 0; row < rows; row++) {
        float sum = 0;
        for (int unit = 0, i = row * width; unit < width; unit++, i++)
            sum += fit->hidden[i] * fit->scale[i] * w[OUTPUT * width + unit];
        fit->logits[row] = sum + w[OUTPUT_BIAS * width];
    }
}

/* The gradient of the batch's mean loss with respect to all weights; adds the losses to the epoch's. */
INLINE void backward(Fit *fit, int width, int rows) {
    float losses[LANES], *g = fit->gradient, *w = fit->weights, loss = 0, bias = 0;
    EACH(row, LANES) {
        losses[row] = softplus(fit->logits[row]) - fit->logits[row] * fit->labels[row];
        fit->delta[row] = (sigmoid(fit->logits[row]) - fit->labels[row]) / rows;
    }
    for (int row = 0; row < rows; row++) loss += losses[row], bias += fit->delta[row];
    fit->loss += loss;
    g[OUTPUT_BIAS * width] = bias;
    for (int row = 0; row < rows; row++)
        EACH(unit, width)
            fit->back[row * width + unit] = fit->delta[row] * fit->scale[row * width + unit] * w[OUTPUT * width + unit];
    EACH(unit, width) {
        float sum = 0;
        for (int row = 0, i = unit; row < rows; row++, i += width)
            sum += fit->delta[row] * fit->scale[i] * fit->hidden[i];
        g[OUTPUT * width + unit] = sum;
    }
    differentiate(&fit->candidate, width, rows, fit->hidden, fit->back);
    for (int i = 0; i < FEATURES; i++)
        EACH(unit, width) {
            float sum = 0;
            for (int row = 0; row < rows; row++)
                sum += fit->inputs[row * FEATURES + i] * fit->back[row * width + unit];
            g[i * width + unit] = sum;
        }
    EACH(unit, width) {
        float sum = 0;
        for (int row = 0; row < rows; row++) sum += fit->back[row * width + unit];
        g[BIAS * width + unit] = sum;
    }
}

/* Keras's Adam with its defaults. */
INLINE void adam(Fit *fit, int width) {
    fit->beta_1_power *= 0.9, fit->beta_2_power *= 0.999;
    const float alpha = 0.001 * sqrt(1 - fit->beta_2_power) / (1 - fit->beta_1_power);
    float *m = fit->momentum, *v = fit->velocity, *g = fit->gradient;
    for (int i = 0; i < OUTPUT_BIAS * width + LANES; i++) {
        m[i] += (g[i] - m[i]) * (1 - 0.9f);
        v[i] += (g[i] * g[i] - v[i]) * (1 - 0.999f);
        fit->weights[i] -= m[i] * alpha / (sqrtf(v[i]) + 1e-7f);
    }
}

/* Keras's MaxNorm(axis=0) of the hidden kernel. */
INLINE void bound_norms(Fit *fit, int width) {
    float factors[MOST], *w = fit->weights;
    EACH(unit, width) {
        float sum = 0;
        for (int i = 0; i < FEATURES; i++) sum += w[i * width + unit] * w[i * width + unit];
        const float norm = sqrtf(sum);
        factors[unit] = fminf(norm, fit->candidate.max_norm) / (1e-7f + norm);
    }
    for (int i = 0; i < FEATURES; i++) EACH(unit, width) w[i * width + unit] *= factors[unit];
}

/* Trains on the rows of these numbers. */
INLINE void step(Fit *fit, int width, const int *numbers, int rows) {
    gather(fit, numbers, rows);
    if (fit->candidate.dropout > 0) draw_masks(fit, width, rows);
    forward(fit, width, rows);
    backward(fit, width, rows);
    adam(fit, width);
    if (fit->candidate.max_norm > 0) bound_norms(fit, width);
    fit->steps++;
}
