/* Scene 5 of the model for one alliance, as a C programmer would write it: what docs/model.md, scene 5, says, with
 * every member reacting as a joint producer (sim also asks for each member's rule; this does not).
 *
 * records.h is written by native.py from sim.world's record types, so both sides work on the same memory.
 * exp and log are the C library's with -DLIBM; else the polynomials below, which gcc inlines and vectorises where it
 * can and which are the same approximations as in sim/compiled.py (fdlibm's for log, a Taylor series for exp).
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "records.h"

#define HALF_A_DIGIT 0.00005 /* of shares published as 2.00 % of GDP */

#ifdef LIBM
static inline double ln(double x) { return x > 0.0 ? log(x) : -INFINITY; }
static inline double e_to(double x) { return exp(x); }
#else
static inline double as_double(int64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static inline int64_t as_bits(double x) { int64_t bits; memcpy(&bits, &x, 8); return bits; }

static inline double ln(double x)
{
    int64_t bits = as_bits(x > 0.0 ? x : 1.0), turns = (bits - 0x3FE6A09E667F3BCD) >> 52;
    double n = as_double((turns + 4096) | 0x4330000000000000) - 4503599627374592.0;
    double f = as_double(bits - (int64_t)((uint64_t)turns << 52)) - 1.0, s = f / (2.0 + f), z = s * s;
    double y = z * z;
    double odd = 6.666666666666735130e-01
        + y * (2.857142874366239149e-01 + y * (1.818357216161805012e-01 + y * 1.479819860511658591e-01));
    double even = 3.999999999940941908e-01 + y * (2.222219843214978396e-01 + y * 1.531383769920937332e-01);
    double w = z * odd + y * even;
    double half = 0.5 * f * f;
    double value = n * 6.93147180369123816490e-01 - ((half - (s * (half + w) + n * 1.90821492927058770002e-10)) - f);
    return x > 0.0 ? value : -INFINITY;
}

static inline double e_to(double x)
{
    x = x < -700.0 ? -700.0 : (x > 700.0 ? 700.0 : x);
    double shifted = x * 1.4426950408889634 + 6755399441055744.0, turns = shifted - 6755399441055744.0;
    double r = (x - turns * 6.93147180369123816490e-01) - turns * 1.90821492927058770002e-10;
    double z = r * r, y = z * z;
    double low = (0.5 + r * (1.0 / 6.0)) + z * (1.0 / 24.0 + r * (1.0 / 120.0));
    double middle = (1.0 / 720.0 + r * (1.0 / 5040.0)) + z * (1.0 / 40320.0 + r * (1.0 / 362880.0));
    double high = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + z * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0));
    double s = 1.0 + (r + z * (low + y * (middle + y * high)));
    return s * as_double(((as_bits(shifted) + 1023) & 2047) << 52);
}
#endif

static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double larger(double a, double b) { return a > b ? a : b; }

static double dot(const double *x, const double *y)
{
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    for (int i = 0; i + 4 <= N; i += 4)
        for (int k = 0; k < 4; k++) sum[k] += x[i + k] * y[i + k];
    for (int i = N - N % 4; i < N; i++) sum[0] += x[i] * y[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Eq. 2 with y = 1, without a difference of near-equal numbers. */
static inline double best_response(double spillin, double collective, double national, double price)
{
    double income = 1.0 / price;
    double b = (collective + national) * income - (1.0 - collective) * spillin;
    double product = 4.0 * national * income * spillin;
    double root = sqrt(larger(0.0, b * b + product)), below = root - b;
    double small = 0.5 * product / (below > 0.0 ? below : 1.0);
    double q = (b > 0.0) | (product <= 0.0) ? 0.5 * (b + root) : small;
    return smaller(larger(0.0, q), income);
}

/* Eq. 1 with y = 1. */
static inline double utility(double share, double spillin, double collective, double national, double price)
{
    double own = national > 0.0 ? national * ln(share) : 0.0;
    double common = collective > 0.0 ? collective * ln(share + spillin) : 0.0;
    return (1.0 - collective - national) * ln(1.0 - price * share) + own + common;
}

static inline double protection(double commitment, double exclusion, double level)
{
    return commitment * (1.0 - exclusion * (1.0 - level));
}

/* Eqs. 3 and 4. */
static void weigh_protection(const Parameters *p, const Year *y, World *w, double treaty)
{
    double allies = dot(w->ally, w->capability);
    double from_us = w->us_weight * w->posture * w->capability[UNITED_STATES] * treaty;
    double threat = p->threat_scale * y->hostility;
    double ratio = w->adversary_capability / w->protected_gdp / w->adversary_start;
    double exponent = p->thinning, outside = p->partner_spillin, weight = p->allied_weight, protected = w->protected_gdp;
    for (int i = 0; i < N; i++) w->thinning[i] = ln(w->gdp[i]) - ln(protected);
    for (int i = 0; i < N; i++) w->thinning[i] = e_to(exponent * w->thinning[i]);
    for (int i = 0; i < N; i++) {
        w->per_gdp[i] = w->thinning[i] / w->gdp[i];
        double per_gdp = w->per_gdp[i] * (w->member[i] > 0.0 ? 1.0 : outside);
        w->allies[i] = per_gdp * (weight * (allies - w->ally[i] * w->capability[i]));
        w->us[i] = per_gdp * (i == UNITED_STATES ? 0.0 : from_us);
        w->threat[i] = threat * w->proximity[i] * ratio;
    }
}

/* Where the tiers start. */
static void draw_lines(const Year *y, const Policy *a, const double *earlier, World *w)
{
    for (int i = 0; i < N; i++) {
        w->lines[0][i] = 0.0;
        w->lines[a->tiers][i] = INFINITY;
        w->pledge[i] = y->pledge[i];
    }
    for (int64_t k = 1; k < a->tiers; k++)
        for (int i = 0; i < N; i++) {
            double effort = a->minimum[k] + earlier[i], pledge = a->minimum[k] * w->pledge[i];
            w->lines[k][i] = larger(0.0, a->measure == 1 ? effort : (a->measure == 2 ? pledge : a->minimum[k]));
        }
}

/* With one tier only there is nothing to compare. */
static void want_in_one(double level, World *w)
{
    for (int i = 0; i < N; i++) {
        double expected = protection(w->commitment_belief[i], w->exclusion_belief[i], level);
        double spillin = w->allies[i] + expected * w->us[i] - w->threat[i];
        w->wanted[i] = best_response(spillin, w->collective[i], w->national[i], w->price[i]);
    }
}

/* The best share over all tiers; the higher tier on a tie. */
static void want(const Policy *a, World *w)
{
    if (a->tiers == 1) {
        want_in_one(a->protection[0], w);
        return;
    }
    for (int64_t k = 0; k < a->tiers; k++) {
        const double *low = w->lines[k], *high = w->lines[k + 1];
        double level = a->protection[k];
        for (int i = 0; i < N; i++) {
            double expected = protection(w->commitment_belief[i], w->exclusion_belief[i], level);
            double spillin = w->allies[i] + expected * w->us[i] - w->threat[i];
            double share = best_response(spillin, w->collective[i], w->national[i], w->price[i]);
            share = smaller(high[i], larger(low[i], share));
            double liked = utility(share, spillin, w->collective[i], w->national[i], w->price[i]);
            int take = (k == 0) | (liked >= w->best[i]);
            w->best[i] = take ? liked : w->best[i];
            w->wanted[i] = take ? share : w->wanted[i];
        }
    }
}

/* What parliaments make of it (Eq. 6). */
static void decide(const Parameters *p, const Setup *s, World *w, Path *now)
{
    double speed = p->adjustment_speed, pull = p->pledge_pull, noise = p->budget_noise, cut = p->fiscal_cut;
    double ceiling = p->clause_ceiling;
    for (int i = 0; i < N; i++) {
        double before = w->share[i];
        double voted = before + speed * (w->wanted[i] - before) + pull * larger(0.0, w->pledge[i] - before)
            + noise * w->normals[3][i];
        voted = smaller(0.5, larger(0.0, smaller(before + w->room[i], larger(before - cut, voted))));
        w->share[i] = s->armed[i] ? voted : 0.0;
        now->share[i] = w->share[i];
        now->spending[i] = w->share[i] * w->gdp[i];
        w->room_used[i] = w->clause[i] == 1 ? smaller(ceiling, larger(0.0, w->share[i] - s->base_share[i])) : 0.0;
    }
}

/* The tier that each has reached, and the protection that it expects there. */
static void cover(const Policy *a, World *w, double treaty)
{
    for (int64_t k = 0; k < a->tiers; k++) {
        double level = a->protection[k];
        for (int i = 0; i < N; i++) w->level[i] = w->share[i] + HALF_A_DIGIT >= w->lines[k][i] ? level : w->level[i];
    }
    for (int i = 0; i < N; i++) {
        double covered = treaty * w->ally[i];
        w->expected[i] = covered * protection(w->commitment_belief[i], w->exclusion_belief[i], w->level[i]);
        w->protected[i] = covered * w->level[i] >= 0.5;
    }
}

/* Scene 5 of year t, `times` times over from last year's shares. */
void vote_again(const Parameters *p, const Setup *s, const Year *years, const Policy *policies, World *w, Path *path,
                int64_t t, int64_t times)
{
    const Path *last = path + MEMORY + t - 1;
    for (int64_t k = 0; k < times; k++) {
        const Policy *a = policies + w->policy;
        double treaty = w->status <= 2 ? 1.0 : 0.0;
        memcpy(w->share, last->share, sizeof w->share);
        weigh_protection(p, years + t, w, treaty);
        draw_lines(years + t, a, path[MEMORY + t - 3].share, w);
        want(a, w);
        decide(p, s, w, path + MEMORY + t);
        cover(a, w, treaty);
    }
}
