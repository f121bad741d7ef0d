package dev.tollgate;

import java.time.Instant;

/**
 * What an operator has done.
 *
 * @param at when
 * @param operator who
 * @param action what, such as {@code open-breaker}
 * @param subject to whom or what, such as {@code route chat}
 * @param reason why, in the operator's words; empty if none was given
 */
public record AuditRow(Instant at, String operator, String action, String subject, String reason) {}
