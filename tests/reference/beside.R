# What R's own packages give on the data beside this file: one figure a line, `name value`, with all its digits.
suppressMessages({library(survival); library(cmprsk)})
folder <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(folder, "mgus2.csv"))
say <- function(name, values) for (i in seq_along(values)) cat(name, format(values[i], digits = 17), "\n")

died <- coxph(Surv(etime, event == 2) ~ male + age, data = d, ties = "efron")
say("cox", c(coef(died), sqrt(diag(vcov(died)))))
say("cox_loglik", died$loglik[2])
say("cox_robust", sqrt(diag(vcov(coxph(Surv(etime, event == 2) ~ male + age, data = d, robust = TRUE, id = seq_len(nrow(d)))))))

state <- factor(d$event, 0:2, labels = c("censored", "pcm", "death"))
curve <- summary(survfit(Surv(d$etime, state) ~ 1), times = c(24, 60, 120, 240))
say("share", curve$pstate[, 2])
say("share_error", curve$std.err[, 2])

gone <- finegray(Surv(etime, state) ~ ., data = cbind(d, state = state), etype = "pcm")
sub <- coxph(Surv(fgstart, fgstop, fgstatus) ~ male + age, weights = fgwt, data = gone)
say("fine_gray", coef(sub))

tests <- cuminc(d$etime, d$event, group = d$male)$Tests
say("gray", tests[, "stat"])
say("gray_p", tests[, "pv"])

taking <- glm(male ~ age + etime, family = binomial, data = d)
say("logit", coef(taking))
p <- c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1)
say("holm", p.adjust(p, "holm"))
say("fdr", p.adjust(p, "BH"))
