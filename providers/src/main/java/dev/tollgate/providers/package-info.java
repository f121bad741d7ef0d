/**
 * What AI providers say and charge: the usage in their answers, the tokens of requests to them, and
 * the prices of their models.
 *
 * <p>{@link Protocol} names the wire formats. {@link AiRequest} reads and rewrites a request,
 * {@link AnswerReader} and {@link AnswerRelay} read an answer while it passes, {@link
 * TokenCounters} counts tokens, {@link Catalogue} and {@link PriceFeed} know prices. Nothing here
 * trusts what it reads: requests are refused with a rule, answers yield what can be known of them.
 */
@NullMarked
package dev.tollgate.providers;

import org.jspecify.annotations.NullMarked;
