package dev.tollgate.filter;

import dev.tollgate.Call;
import dev.tollgate.Estimate;
import dev.tollgate.Restriction;
import dev.tollgate.TokenCounter;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.providers.AiRequest;
import dev.tollgate.providers.BadRequestException;
import dev.tollgate.providers.Extra;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the body of a request asks for. Immutable.
 *
 * @param request as the client sent it
 * @param bounded the same, with a bound on its output
 */
record AskedBody(AiRequest request, AiRequest bounded, HttpRoute route, TokenCounters counters) {

  private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

  /** Dropping by estimated sizes may miss by a turn; each further pass drops at least one. */
  private static final int MAX_PASSES = 4;

  /**
   * Reads a body whole, where the route meters bodies and the method has one.
   *
   * @throws RejectedException when it cannot be told what it asks for
   */
  static Optional<AskedBody> read(
      HttpServletRequest request, HttpRoute route, TokenCounters counters)
      throws RejectedException {
    if (route.body().isEmpty() || !METHODS.contains(request.getMethod().toUpperCase(Locale.ROOT))) {
      return Optional.empty();
    }
    requireReadable(request);
    try {
      AiRequest asked = AiRequest.read(route.body().get(), path(request), bytes(request));
      requireAllowed(asked, route);
      return Optional.of(
          new AskedBody(asked, bounded(asked, route.defaults().maxTokens()), route, counters));
    } catch (BadRequestException bad) {
      boolean tooLarge = bad.rule() == BadRequestException.Rule.SIZE;
      throw new RejectedException(
          tooLarge ? Fault.CONTENT_TOO_LARGE : Fault.BAD_REQUEST, String.valueOf(bad.getMessage()));
    }
  }

  private static void requireReadable(HttpServletRequest request) throws RejectedException {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw new RejectedException(
          Fault.BAD_REQUEST,
          "Content-Encoding: bodies are not unpacked here; send it as it is, without this header.");
    }
  }

  /** What cannot be reckoned is refused unless somebody answers for it. */
  private static void requireAllowed(AiRequest asked, HttpRoute route) throws RejectedException {
    for (Map.Entry<Extra, String> extra : asked.extras().entrySet()) {
      if (!route.extras().contains(extra.getKey())) {
        String name = extra.getKey().name().toLowerCase(Locale.ROOT).replace('_', '-');
        throw new RejectedException(
            Fault.BAD_REQUEST,
            extra.getValue()
                + " "
                + extra.getKey().reason()
                + ": leave it out, or let the operator allow "
                + name
                + " on this route.");
      }
    }
  }

  private static byte[] bytes(HttpServletRequest request) throws RejectedException {
    try {
      return request.getInputStream().readNBytes(AiRequest.MAX_BODY_BYTES + 1);
    } catch (IOException broken) {
      throw new RejectedException(
          Fault.BAD_REQUEST, "body: it is not as its header says, or broke off; send it again");
    }
  }

  private static String path(HttpServletRequest request) {
    return request.getServletPath() + Optional.ofNullable(request.getPathInfo()).orElse("");
  }

  private static AiRequest bounded(AiRequest asked, long maxTokens) {
    return asked.maxOutputTokens().isPresent()
        ? asked
        : asked.withMaxOutputTokens(Math.multiplyExact(maxTokens, asked.choices()));
  }

  /** The call, with the model it asks for and the most that it can use. */
  Call asCall(Call call) {
    return call.model(model(bounded))
        .estimate(most(bounded))
        .mostInputTokens(bounded.mostInputTokens());
  }

  /**
   * What the application is given: as small as a restriction wants it, telling its usage.
   *
   * @throws RejectedException when it cannot be made so small
   */
  AiRequest handedOn(Restriction restriction) throws RejectedException {
    AiRequest smaller =
        restriction.model().isPresent() ? bounded.withModel(restriction.model().get()) : bounded;
    if (restriction.outputTokens() != Restriction.UNBOUNDED) {
      smaller = smaller.withMaxOutputTokens(restriction.outputTokens());
    }
    if (restriction.contextTokens() != Restriction.UNBOUNDED) {
      smaller = fitting(smaller, restriction.contextTokens());
    }
    return smaller.withUsageReported();
  }

  private AiRequest fitting(AiRequest asked, long contextTokens) throws RejectedException {
    if (asked.extras().containsKey(Extra.STORED_INPUT)) {
      throw new RejectedException(
          Fault.TOO_LARGE,
          "The quota is used up, and what a restricted call has as input must be in its body: leave"
              + " out "
              + asked.extras().get(Extra.STORED_INPUT)
              + ".");
    }
    AiRequest smaller = asked;
    for (int pass = 0; pass < MAX_PASSES && inputTokens(smaller) > contextTokens; pass++) {
      smaller = smaller.withContext(contextTokens, counter(model(smaller)));
    }
    if (inputTokens(smaller) > contextTokens) {
      throw new RejectedException(
          Fault.TOO_LARGE,
          "The quota is used up, and a restricted call may have "
              + contextTokens
              + " input tokens: shorten the system message or the last turn.");
    }
    return smaller;
  }

  /** What such a request can use at most, by what is known of its model. */
  Estimate most(AiRequest asked) {
    return asked.estimate(counter(model(asked)), route.defaults().maxTokens());
  }

  private long inputTokens(AiRequest asked) {
    return asked.inputTokens(counter(model(asked)));
  }

  private String model(AiRequest asked) {
    return asked.model().isEmpty() ? route.defaults().model() : asked.model();
  }

  private TokenCounter counter(String model) {
    return counters.of(route.name(), model);
  }

  /** Learns from what a provider reports. */
  void learn(AiRequest sent, long estimated, long actual) {
    if (!sent.extras().containsKey(Extra.STORED_INPUT)) {
      counters.learn(route.name(), model(sent), estimated, actual);
    }
  }
}
