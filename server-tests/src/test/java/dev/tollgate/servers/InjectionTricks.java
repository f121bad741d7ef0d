package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.CHAT;
import static dev.tollgate.servers.Hostile.COMPLETIONS;
import static dev.tollgate.servers.Hostile.KEY;
import static dev.tollgate.servers.Hostile.MESSAGES;
import static dev.tollgate.servers.Hostile.OPERATOR;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Names that mean something to what keeps or shows them: pages, logs, headers, stores, exports. */
final class InjectionTricks {

  /** Begins a header or a line of a log that was smuggled in. */
  static final String INJECTED = "X-Injected";

  /** A script that no page may have. */
  static final String SCRIPT = "<script>alert(1)</script>";

  /** An attribute that no page may have. */
  static final String HANDLER = "<img src=x onerror=alert(1)>";

  /** A cell that a spreadsheet would run. */
  static final String FORMULA = "=cmd|' /C calc'!A0";

  private static final List<String> PAYLOADS =
      List.of(
          SCRIPT,
          "\">" + HANDLER,
          "</title>" + SCRIPT,
          "'; DROP TABLE callers; --",
          "${jndi:ldap://127.0.0.1:1/x}",
          "${sample.hash-key}${sample.admin-password}",
          "#{7*7}{{7*7}}<%= 7*7 %>",
          "x\r\n" + INJECTED + ": yes",
          "x\n" + INJECTED + " in the log",
          "x%0d%0a" + INJECTED + ": yes",
          "x\u2028" + INJECTED + "\u0085" + INJECTED,
          "\u001b[31mred\u001b[0m\u0007",
          "x\r\n*1\r\n$8\r\nFLUSHALL\r\n",
          "{tag}:*:?[a-z]",
          "../../../../etc/passwd",
          FORMULA,
          "@SUM(1+1)*cmd|' /C calc'!A0",
          "+1-1",
          "\ud83d\ude80\ud83d\udc69\u200d\ud83d\udcbb",
          "\u202egpj.exe\u2066",
          "a\u0000b",
          "\" reason=\"none\" cost=\"0",
          "%s%n%x{0}",
          "n".repeat(10_000));

  private InjectionTricks() {}

  static Stream<Hostile> all() {
    List<Function<String, Hostile>> places =
        List.of(
            InjectionTricks::model,
            InjectionTricks::userId,
            InjectionTricks::header,
            InjectionTricks::parameter,
            InjectionTricks::search,
            InjectionTricks::quotedRoute,
            InjectionTricks::chatModel);
    return places.stream().flatMap(place -> PAYLOADS.stream().map(place));
  }

  private static String json(String payload) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(payload)) + '"';
  }

  private static String encoded(String payload) {
    String text = payload.length() > 2000 ? payload.substring(0, 2000) : payload;
    return URLEncoder.encode(text, UTF_8);
  }

  private static String latin(String payload) {
    String text = payload.length() > 2000 ? payload.substring(0, 2000) : payload;
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static Hostile model(String payload) {
    return Hostile.post("injection", COMPLETIONS)
        .json(
            "{\"model\":"
                + json(payload)
                + ",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  }

  private static Hostile userId(String payload) {
    return Hostile.post("injection", MESSAGES)
        .json(
            "{\"model\":\"gpt-5-mini\",\"max_tokens\":16,\"metadata\":{\"user_id\":"
                + json(payload)
                + "},\"messages\":[{\"role\":\"user\",\"content\":"
                + json(payload)
                + "}]}");
  }

  private static Hostile chatModel(String payload) {
    return Hostile.post("injection", CHAT)
        .json("{\"prompt\":\"Hi\",\"maxTokens\":16,\"model\":" + json(payload) + "}");
  }

  private static Hostile header(String payload) {
    return Hostile.get("injection", "/gate.svg")
        .without("X-API-Key")
        .with("X-Visitor: " + latin(payload));
  }

  private static Hostile parameter(String payload) {
    return Hostile.get("injection", "/tollgate/usage?caller=" + encoded(payload));
  }

  private static Hostile search(String payload) {
    return Hostile.of(
            "injection",
            "GET /tollgate/admin/callers?tier=large&id=" + encoded(payload) + " HTTP/1.1")
        .with("Accept: text/html")
        .with("Authorization: " + OPERATOR);
  }

  private static Hostile quotedRoute(String payload) {
    return Hostile.of(
            "injection", "POST /tollgate/estimate?route=" + encoded(payload) + " HTTP/1.1")
        .with("X-API-Key: " + KEY)
        .with("Accept: text/html")
        .json("{\"prompt\":" + json(payload) + "}");
  }
}
