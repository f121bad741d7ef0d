package dev.tollgate.servers;

import java.util.List;
import java.util.stream.Stream;

/** Bodies from which nobody can tell without doubt what they ask for, or that mean to hurt. */
final class HostileBodies {

  /**
   * One request.
   *
   * @param headers names and values, in turns
   */
  record Bad(String path, String body, String... headers) {

    @Override
    public String toString() {
      String shown = body.length() > 100 ? body.substring(0, 100) + "..." : body;
      return path + " " + String.join(":", headers) + " " + shown;
    }
  }

  private static final String COMPLETIONS = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

  private HostileBodies() {}

  static List<Bad> all() {
    return Stream.of(ofBoth(), ofCompletions(), ofMessages(), large()).flatMap(s -> s).toList();
  }

  /** What is wrong in every protocol. */
  private static Stream<Bad> ofBoth() {
    return Stream.of(
            "",
            "null",
            "[]",
            "\"text\"",
            "no JSON",
            "{",
            "{}",
            "{" + HELLO + "} {}",
            "{" + HELLO + ",}",
            "{\"messages\":\"Hi\"}",
            "{\"messages\":[1]}",
            "{\"messages\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}",
            "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
            "{" + HELLO + "," + HELLO + "}",
            "{" + HELLO + ",\"max_tokens\":1,\"max_tokens\":100000}",
            "{" + HELLO + ",\"max_tokens\":1,\"max\\u005ftokens\":100000}",
            "{" + HELLO + ",\"max_tokens\":9223372036854775808}",
            "{" + HELLO + ",\"max_tokens\":1e400}",
            "{" + HELLO + ",\"max_tokens\":-1}",
            "{" + HELLO + ",\"max_tokens\":0}",
            "{" + HELLO + ",\"max_tokens\":1.5}",
            "{" + HELLO + ",\"max_tokens\":\"10\"}",
            "{" + HELLO + ",\"max_tokens\":[10]}",
            "{" + HELLO + ",\"max_tokens\":NaN}",
            "{" + HELLO + ",\"stream\":\"yes\"}",
            "{" + HELLO + ",\"model\":7}",
            "{" + HELLO + ",\"model\":\"" + "m".repeat(129) + "\"}",
            "{" + HELLO + ",\"model\":\"a\\nb\"}",
            "{" + HELLO + ",\"seed\":" + "9".repeat(2000) + "}")
        .flatMap(body -> Stream.of(new Bad(COMPLETIONS, body), new Bad(MESSAGES, body)));
  }

  private static Stream<Bad> ofCompletions() {
    return Stream.of(
            "{" + HELLO + ",\"n\":1000000}",
            "{" + HELLO + ",\"n\":0}",
            "{" + HELLO + ",\"best_of\":129}",
            "{" + HELLO + ",\"max_completion_tokens\":-5}",
            "{" + HELLO + ",\"stream_options\":7,\"stream\":true}",
            "{" + HELLO + ",\"input\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
        .map(body -> new Bad(COMPLETIONS, body));
  }

  private static Stream<Bad> ofMessages() {
    return Stream.of(new Bad(MESSAGES, "{\"max_tokens\":10}"));
  }

  private static Stream<Bad> large() {
    String megabyte = "x".repeat(1 << 20);
    String many = "{\"messages\":[" + "{},".repeat(400_000) + "{}]}";
    return Stream.of(
        new Bad(COMPLETIONS, "{\"model\":\"" + megabyte + "\"}"),
        new Bad(MESSAGES, many),
        new Bad(COMPLETIONS, "{" + HELLO + "}", "Content-Encoding", "gzip"),
        new Bad(MESSAGES, "{" + HELLO + "}", "Content-Encoding", "br"));
  }
}
