/**
 * What AI providers say and charge: the usage in their answers, the tokens of requests to them, the
 * prices of their models, their bills and their own limits.
 *
 * <p>{@link Protocol} names the wire formats. {@link AiRequest} reads and rewrites a request,
 * {@link AnswerReader} and {@link AnswerRelay} read an answer while it passes, {@link
 * TokenCounters} counts tokens, {@link Catalogue} and {@link PriceFeed} know prices; {@link
 * BillAudit} compares bills with what was counted, {@link SpendLimit} lowers the limits that
 * providers themselves have. Nothing here trusts what it reads: requests are refused with a rule,
 * answers yield what can be known of them.
 */
@NullMarked
package dev.tollgate.providers;

import org.jspecify.annotations.NullMarked;
