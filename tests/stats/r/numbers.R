# R's numbers for tests/stats/test_beside_r.py: in this folder, `Rscript numbers.R` writes numbers.json from scores.csv.
# It takes R, and its packages jsonlite, mvtnorm and nlme (Debian: r-base-core r-cran-jsonlite r-cran-mvtnorm r-cran-nlme).

scores <- read.csv("scores.csv")
for (name in c("units", "rate", "fold")) scores[[name]] <- factor(scores[[name]])
candidates <- sort(unique(scores$candidate))
others <- candidates[-1]
of <- function(candidate) scores[scores$candidate == candidate, ]
runs <- function(candidate) as.vector(tapply(of(candidate)$score, of(candidate)$seed, mean))
splits <- function(candidate) as.vector(tapply(of(candidate)$score, of(candidate)$fold, mean))
first_fold <- function(candidate) of(candidate)$score[of(candidate)$fold == "0"]

# Over seeds: Student's interval, Welch's test on one split, the interval of one more run, and what fits scatter by.
interval <- function(candidate) t.test(runs(candidate), conf.level = 0.95)$conf.int[1:2]
welch <- function(candidate) {
  found <- t.test(first_fold(0), first_fold(candidate), conf.level = 0.95)
  c(found$statistic, found$parameter, found$p.value, found$conf.int[1:2])
}
one_more <- function(candidate) {
  run <- runs(candidate)
  predict(lm(run ~ 1), data.frame(row.names = 1), interval = "prediction", level = 0.99)[1, c("lwr", "upr")]
}
residual <- function(model) tail(summary(model)[[1]][["Mean Sq"]], 1)
within <- function(candidate) residual(aov(score ~ fold, data = of(candidate)))
mixed <- function(candidate) nlme::lme(score ~ 1, random = ~ 1 | fold, data = of(candidate))$sigma^2

# Over new data: the paired t of the splits, shrunk by hand as Nadeau and Bengio (2003) say; five folds.
ratio <- 1 / 4
corrected <- function(candidate) {
  plain <- t.test(splits(0), splits(candidate), paired = TRUE)
  t <- unname(plain$statistic) * sqrt((1 / 5) / (1 / 5 + ratio))
  c(t, 2 * pt(-abs(t), plain$parameter))
}
means <- aggregate(score ~ candidate + fold + units + rate, data = scores, FUN = mean)
interaction <- residual(aov(score ~ factor(candidate) + fold, data = means))

# Functional analysis of variance on the grid of units x rates.
grid <- anova(lm(score ~ units * rate, data = aggregate(score ~ units + rate, data = scores, FUN = mean)))

# Seeds for 80 % power: differences in units of the spread.
distances <- c(0.2, 0.5, 1, 2)
wanted <- sapply(distances, function(delta) power.t.test(delta = delta, sd = 1, sig.level = 0.05, power = 0.8)$n)

# Dunnett's one-sided critical values for many seeds: of the largest of k statistics that correlate by 1/2.
dunnett <- function(k) {
  correlated <- matrix(0.5, k, k) + diag(0.5, k)
  if (k == 1) qnorm(0.95) else mvtnorm::qmvnorm(0.95, tail = "lower.tail", corr = correlated, seed = 1)$quantile
}
comparisons <- c(1, 2, 4, 9, 19)

# How often candidates may get stuck: a beta-binomial distribution of counts with their mean, by maximum likelihood.
counts <- list(c(0, 0, 0, 0, 0, 0, 4, 7), c(0, 1, 0, 2, 3, 0, 1, 2))
fits <- 15
limits <- function(k) {
  mean <- mean(k) / fits
  negative <- function(size) {
    a <- exp(size) * mean
    b <- exp(size) * (1 - mean)
    -sum(lchoose(fits, k) + lbeta(k + a, fits - k + b) - lbeta(a, b))
  }
  size <- exp(optimize(negative, log(c(0.1, 10000)), tol = 1e-8)$minimum)
  qbeta(0.9, size * mean + k, size * (1 - mean) + fits - k)
}

jsonlite::write_json(list(
  version = R.version.string,
  interval = lapply(candidates, interval),
  welch = lapply(others, welch),
  one_more = lapply(candidates, one_more),
  within = sapply(candidates, within),
  mixed = sapply(candidates, mixed),
  corrected = lapply(others, corrected),
  holm = p.adjust(sapply(others, function(candidate) corrected(candidate)[2]), "holm"),
  interaction = interaction,
  shares = grid[["Sum Sq"]][1:3] / sum(grid[["Sum Sq"]]),
  power = list(distances = distances, seeds = wanted),
  dunnett = list(comparisons = comparisons, critical = sapply(comparisons, dunnett)),
  stuck = list(fits = fits, counts = counts, limits = lapply(counts, limits))
), "numbers.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
