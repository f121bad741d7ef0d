package dev.tollgate.sample;

import dev.tollgate.Usage;

/**
 * What a provider answered.
 *
 * @param text the answer
 * @param usage what it used
 * @param reported whether the provider said so; otherwise the usage is the most it can have been
 */
record Completion(String text, Usage usage, boolean reported) {}
