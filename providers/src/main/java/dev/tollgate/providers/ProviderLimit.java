package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a provider says when a spending limit of its own is reached or its credit is used up: every
 * call is refused until somebody acts or the limit starts anew. A rate limit is none, and neither
 * is a single call that is too large for the credit that is left: one caller could close the
 * provider for all.
 *
 * @param cause which limit, in a few words that are no secret, such as {@code insufficient_quota}
 * @param until when the provider says that calls may come again; empty if it does not say
 */
public record ProviderLimit(String cause, Optional<Instant> until) {

  /** OpenAI's and, the last one, LiteLLM's. */
  private static final Set<String> CODES =
      Set.of(
          "insufficient_quota",
          "credit_balance_exhausted",
          "organization_spend_limit_exceeded",
          "project_spend_limit_exceeded",
          "organization_usage_limit_exceeded",
          "billing_hard_limit_reached",
          "billing_not_active",
          "budget_exceeded");

  private static final String ANTHROPIC_TIER_CAP = "enforced_spend_limit_reached";
  private static final Pattern ANTHROPIC_SPEND_LIMIT =
      Pattern.compile("^You have reached your specified (workspace )?API usage limits");
  private static final Pattern REGAIN =
      Pattern.compile("regain access on (\\d{4}-\\d{2}-\\d{2}) at (\\d{2}:\\d{2}) UTC");
  private static final Pattern AFFORDABLE = Pattern.compile("can only afford [1-9]");

  /**
   * Reads an answer.
   *
   * @param status the HTTP status
   * @param retryAfter the header {@code Retry-After}
   * @param body the body, as far as it was read
   * @return empty when the answer does not mean that a limit is reached
   */
  public static Optional<ProviderLimit> read(int status, Optional<String> retryAfter, byte[] body) {
    if (status < 400 || status >= 500) {
      return Optional.empty();
    }
    JsonNode root = ProviderError.root(body);
    JsonNode error = root.path("error");
    return byCode(error)
        .or(
            () ->
                switch (status) {
                  case 400 -> anthropicRefusal(error);
                  case 402 -> unpaid(error);
                  case 403 -> openRouterKey(error);
                  case 429 -> anthropicCap(root, retryAfter).or(() -> geminiDay(error));
                  default -> Optional.<ProviderLimit>empty();
                });
  }

  private static Optional<ProviderLimit> byCode(JsonNode error) {
    String code = error.path("code").asText();
    String type = error.path("type").asText();
    String known = CODES.contains(code) ? code : type;
    return CODES.contains(known) ? openEnded(known) : Optional.empty();
  }

  private static Optional<ProviderLimit> anthropicRefusal(JsonNode error) {
    String message = error.path("message").asText();
    if (ANTHROPIC_SPEND_LIMIT.matcher(message).find()) {
      return Optional.of(new ProviderLimit("specified usage limit", regained(message)));
    }
    return message.startsWith("Your credit balance is too low")
        ? openEnded("credit balance too low")
        : Optional.empty();
  }

  /** The time that a message names; a date that does not exist is none. */
  private static Optional<Instant> regained(String message) {
    Matcher named = REGAIN.matcher(message);
    if (!named.find()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(named.group(1) + "T" + named.group(2) + ":00Z"));
    } catch (DateTimeParseException impossible) {
      return Optional.empty();
    }
  }

  /** An application may ask to be paid itself: only a provider's words speak of the provider. */
  private static Optional<ProviderLimit> unpaid(JsonNode error) {
    boolean providers =
        ProviderError.isTold(error) && (error.hasNonNull("code") || error.hasNonNull("type"));
    return !providers || AFFORDABLE.matcher(error.path("message").asText()).find()
        ? Optional.empty()
        : openEnded("payment required");
  }

  private static Optional<ProviderLimit> openRouterKey(JsonNode error) {
    return error.path("message").asText().startsWith("Key limit exceeded")
        ? openEnded("key limit exceeded")
        : Optional.empty();
  }

  /**
   * Anthropic's rate limits say when to come again; the spend cap of an organization's tier does
   * not. Neither does the refusal of one call with a long context.
   */
  private static Optional<ProviderLimit> anthropicCap(JsonNode root, Optional<String> retryAfter) {
    JsonNode error = root.path("error");
    if (error.path("details").path("error_code").asText().equals(ANTHROPIC_TIER_CAP)) {
      return openEnded(ANTHROPIC_TIER_CAP);
    }
    boolean capped =
        root.path("type").asText().equals("error")
            && error.path("type").asText().equals("rate_limit_error")
            && retryAfter.isEmpty()
            && !error.path("message").asText().contains("long context");
    return capped ? openEnded("spend cap of the tier") : Optional.empty();
  }

  private static Optional<ProviderLimit> geminiDay(JsonNode error) {
    for (JsonNode detail : error.path("details")) {
      for (JsonNode violation : detail.path("violations")) {
        if (violation.path("quotaId").asText().contains("PerDay")) {
          return openEnded("daily quota");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ProviderLimit> openEnded(String cause) {
    return Optional.of(new ProviderLimit(cause, Optional.empty()));
  }
}
