package dev.tollgate.servers;

import static dev.tollgate.servers.InjectionTricks.HANDLER;
import static dev.tollgate.servers.InjectionTricks.INJECTED;
import static dev.tollgate.servers.InjectionTricks.SCRIPT;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What came of hostile requests that all must come to the same. One has got past if it reached the
 * provider without being charged to whoever sent it, if somebody else was charged for it, if it
 * broke something, or if what is others' or not meant to run came back. Immutable.
 *
 * @param tried one after the other
 * @param calls of the provider that they led to
 * @param tokens that the provider used for them
 * @param attacker what the one who sent them was charged
 * @param victim what another was charged meanwhile
 */
record Verdict(List<Tried> tried, long calls, long tokens, Account attacker, Account victim) {

  /** A request and what came back. */
  record Tried(Hostile request, RawAnswer answer) {}

  /** What only operators see, and what nobody does. */
  private static final List<String> SECRETS =
      List.of(
          "<title>Operators",
          "<title>Spend",
          "<title>Configuration",
          "<title>Caller",
          "<web-app",
          "tollgate.tier.free.rate =",
          "tollgate-sample-demonstration",
          ProviderStandIn.KEY,
          "Created-By: Maven");

  /** How one of them got past, a line for each way; nothing if none did. */
  List<String> bypasses(String victimId) {
    List<String> ways = new ArrayList<>();
    if (calls > attacker.requests()) {
      ways.add(calls + " calls of the provider, " + attacker.requests() + " charged");
    }
    if (tokens != attacker.tokens() || (tokens > 0) != (attacker.costUsd().signum() > 0)) {
      ways.add(tokens + " tokens used, charged " + attacker);
    }
    if (!victim.isNothing()) {
      ways.add("another caller is charged " + victim);
    }
    tried.stream()
        .flatMap(each -> Stream.concat(broken(each.answer()), shown(each, victimId)))
        .forEach(ways::add);
    return ways;
  }

  /** What is not as it must be, though nobody got past. */
  List<String> surprises() {
    int count = tried.size();
    boolean right =
        switch (tried.get(0).request().must()) {
          case BE_SERVED ->
              calls == count
                  && attacker.requests() == count
                  && tried.stream().allMatch(each -> each.answer().statuses().contains(200));
          case BE_REFUSED ->
              calls == 0
                  && attacker.isNothing()
                  && tried.stream().allMatch(each -> each.answer().isRefusal());
          case BE_PAID_IF_SERVED -> true;
        };
    return right ? List.of() : List.of("must " + tried.get(0).request().must() + ", and was not");
  }

  /**
   * Errors that the application has a part in. Servers fail on some requests before they have found
   * the application, and HTTP itself asks for 501 and 505.
   */
  private static Stream<String> broken(RawAnswer answer) {
    boolean ours =
        !answer.header("Content-Security-Policy").isEmpty()
            || answer.text().contains("dev.tollgate");
    return answer.statuses().stream()
        .filter(status -> ours && status >= 500 && status != 501 && status != 505)
        .map(status -> "an error " + status);
  }

  private static Stream<String> shown(Tried each, String victimId) {
    RawAnswer answer = each.answer();
    List<String> ways = new ArrayList<>();
    if (answer.headerLines().stream().anyMatch(line -> line.startsWith(INJECTED))) {
      ways.add("a header of the client's making");
    }
    String body = answer.bodies();
    boolean html = answer.header("Content-Type").startsWith("text/html");
    if (html && (body.contains(SCRIPT) || body.contains(HANDLER))) {
      ways.add("a script of the client's making");
    }
    boolean operator = each.request().head().contains(Hostile.OPERATOR);
    boolean others = body.contains(">" + victimId + "<") || body.contains('"' + victimId + '"');
    if (!operator && (others || SECRETS.stream().anyMatch(body::contains))) {
      ways.add("what only others may see");
    }
    return ways.stream();
  }

  /** Everything about it, for whoever has to find out why. */
  String explained(List<String> findings) {
    StringBuilder text = new StringBuilder(String.join("; ", findings));
    text.append("%n  %d calls, %d tokens; charged %s".formatted(calls, tokens, attacker));
    for (Tried each : tried) {
      text.append("%n  %s%n  -> %s".formatted(each.request(), each.answer()));
    }
    return text.toString();
  }
}
