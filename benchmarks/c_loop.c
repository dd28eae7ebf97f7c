/* The fits of Gridloom's experiments as a plain loop in C: what this machine needs for the arithmetic alone.
 *
 * Every fit is a network 8-N-1 on 512 of the 768 rows: batches of 10 (the last has 2) in a new order each epoch, hidden
 * activation, inverted dropout, sigmoid output, binary cross-entropy, Adam and max-norm as Keras 3 computes them, all
 * in float32. Random numbers are Threefry-2x32 as in JAX: x0 ^ x1 of the 64-bit counter 0, 1, 2, ... under a key.
 *
 *     cc -std=gnu11 -O3 -march=native -ffast-math -fopenmp-simd c_loop.c -o c_loop -lm -lpthread
 *     ./c_loop pima.csv EPOCHS SEEDS THREADS < candidates
 *
 * Threads take one fit after the other; loops over the units of a row become vector instructions. c_loop_step.h has the
 * arithmetic of a step, c_loop_fit.h random numbers and activations.
 *
 * A line of candidates is "units activation dropout max_norm hidden_limit output_limit": max_norm 0 is none, kernels
 * begin uniform in +-limit. Printed are "accuracy loss" of each fit, in order of candidate, fold and seed, and last the
 * seconds of training by the clock and those of all threads; physical_limit.py compiles, runs and sums up. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "c_loop_step.h"

static Candidate candidates[1000];
static int epochs, seeds;
static uint32_t n_fits;
static atomic_uint next_fit;
static float (*results)[2];

/* Keras's uniform initializer with the candidate's limits; biases are zero. */
static void start(Fit *fit, int width) {
    const Candidate *candidate = &fit->candidate;
    random_bits(fit, FOR_WEIGHTS, 0, (FEATURES + 1) * candidate->units);
    for (int row = 0; row <= FEATURES; row++)
        for (int unit = 0; unit < candidate->units; unit++) {
            float fraction = (fit->bits[row * candidate->units + unit] >> 9) * 0x1p-23f;
            float limit = row < FEATURES ? candidate->hidden_limit : candidate->output_limit;
            fit->weights[(row < FEATURES ? row : OUTPUT) * width + unit] = (2 * fraction - 1) * limit;
        }
    for (int row = 0; row < BATCH; row++)
        for (int unit = 0; unit < candidate->units; unit++) fit->scale[row * width + unit] = 1;
    fit->beta_1_power = fit->beta_2_power = 1;
}

/* Trains the fit on all folds but one, and scores it there. */
INLINE void train(Fit *fit, int width, int fold) {
    start(fit, width);
    for (int i = 0; i < TRAIN; i++) fit->order[i] = i < fold * TEST ? i : i + TEST;
    for (int epoch = 0; epoch < epochs; epoch++) {
        shuffle(fit, epoch);
        fit->loss = 0;
        int done = 0;
        for (; done <= TRAIN - BATCH; done += BATCH) step(fit, width, fit->order + done, BATCH);
        step(fit, width, fit->order + done, TRAIN % BATCH);
    }
    for (int unit = 0; unit < width; unit++) fit->scale[unit] = unit < fit->candidate.units; /* no dropout any more */
    for (int row = 0; row < TEST; row++) {
        gather(fit, (int[]){fold * TEST + row}, 1);
        forward(fit, width, 1);
        fit->accuracy += (fit->logits[0] > 0) == (fit->labels[0] > 0.5f);
    }
}

static void *work(void *unused) {
    for (uint32_t number; (number = atomic_fetch_add(&next_fit, 1)) < n_fits;) {
        Fit fit = {.candidate = candidates[number / (FOLDS * seeds)], .number = number};
        const int fold = number / seeds % FOLDS;
        if (fit.candidate.units <= LANES)
            train(&fit, LANES, fold);
        else
            train(&fit, 2 * LANES, fold);
        results[number][0] = fit.accuracy / TEST;
        results[number][1] = fit.loss / TRAIN;
    }
    return unused;
}

static void fail(const char *what) {
    fprintf(stderr, "c_loop: %s\n", what);
    exit(1);
}

static void read_data(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*[^\n]") < 0) fail("cannot read the data");
    for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < FEATURES; i++)
            if (fscanf(file, "%f,", &features[row * FEATURES + i]) != 1) fail("a row of the data is bad");
        if (fscanf(file, "%f", &labels[row]) != 1) fail("a row of the data is bad");
    }
    fclose(file);
}

static int read_candidates(void) {
    char name[20];
    int count = 0;
    for (Candidate c; scanf("%d %19s %f %f %f %f", &c.units, name, &c.dropout, &c.max_norm, &c.hidden_limit,
                            &c.output_limit) == 6;
         candidates[count++] = c) {
        for (c.activation = 0; c.activation < ACTIVATIONS && strcmp(name, NAMES[c.activation]);) c.activation++;
        if (c.activation == ACTIVATIONS || c.units > MOST || count == 1000) fail("a candidate is bad");
    }
    return count;
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc != 5) fail("usage: c_loop DATA EPOCHS SEEDS THREADS < CANDIDATES");
    read_data(argv[1]);
    epochs = atoi(argv[2]), seeds = atoi(argv[3]);
    n_fits = read_candidates() * FOLDS * seeds;
    results = calloc(n_fits, sizeof *results);
    const int n_threads = atoi(argv[4]);
    pthread_t threads[n_threads];
    const double started = now(CLOCK_MONOTONIC), spent = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < n_threads; i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < n_threads; i++) pthread_join(threads[i], NULL);
    const double seconds = now(CLOCK_MONOTONIC) - started, cpu_seconds = now(CLOCK_PROCESS_CPUTIME_ID) - spent;
    for (uint32_t i = 0; i < n_fits; i++) printf("%f %f\n", results[i][0], results[i][1]);
    printf("%f %f\n", seconds, cpu_seconds);
}
