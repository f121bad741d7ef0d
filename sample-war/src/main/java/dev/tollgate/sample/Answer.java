package dev.tollgate.sample;

import dev.tollgate.Usage;

/**
 * The answer to a caller.
 *
 * @param text what the provider answered
 * @param model the model that answered
 * @param restricted whether the call was let in with less
 * @param usage what it used
 * @param costNanoUsd what that costs, in nano-USD
 */
record Answer(String text, String model, boolean restricted, Usage usage, long costNanoUsd) {}
