package dev.tollgate.servers;

import static dev.tollgate.servers.Hostile.CHAT;
import static dev.tollgate.servers.Hostile.COMPLETIONS;
import static dev.tollgate.servers.Hostile.HELLO;
import static dev.tollgate.servers.Hostile.MESSAGES;
import static dev.tollgate.servers.Hostile.QUESTION;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.stream.Stream;

/** Bodies that two readers could read in two ways, or that ask for more than they seem to. */
final class JsonTricks {

  private static final String JSON = "json";
  private static final String SPEECH = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

  private JsonTricks() {}

  static Stream<Hostile> all() {
    return Stream.of(known(), bounds(), names(), options(), chat(), encodings(), forms())
        .flatMap(s -> s);
  }

  private static Stream<Hostile> known() {
    return HostileBodies.all().stream()
        .map(
            bad -> {
              Hostile request = Hostile.post(JSON, bad.path()).json(bad.body()).refused();
              return bad.headers().length == 0
                  ? request
                  : request.with(String.join(": ", bad.headers()));
            });
  }

  private static Hostile ask(String path, String fields) {
    return Hostile.post(JSON, path).json("{\"model\":\"gpt-5-mini\"," + SPEECH + fields + "}");
  }

  private static Stream<Hostile> both(String fields) {
    return Stream.of(ask(COMPLETIONS, fields), ask(MESSAGES, fields));
  }

  private static Stream<Hostile> bounds() {
    Stream<Hostile> never =
        Stream.of(
                "1e999",
                "-1e999",
                "1e308",
                "2147483648.5",
                "18446744073709551616",
                "-2147483649",
                "-9223372036854775808",
                "1e-5",
                "true",
                "{}",
                "\"\"",
                "\"1e3\"",
                "01",
                "+1",
                "0x10",
                "1_000",
                "Infinity",
                "-Infinity",
                "\uff11\uff10")
            .flatMap(number -> both(",\"max_tokens\":" + number))
            .map(Hostile::refused);
    Stream<Hostile> perhaps =
        Stream.of(
                "2147483647",
                "2147483648",
                "9007199254740993",
                "9223372036854775807",
                "1.0",
                "1E2",
                "-0",
                "null",
                "1e18")
            .flatMap(number -> both(",\"max_tokens\":" + number));
    return Stream.concat(never, perhaps);
  }

  /**
   * Fields under other spellings of their names: nobody may be bounded by one and ask by another.
   */
  private static Stream<Hostile> names() {
    return Stream.of(
            ",\"MAX_TOKENS\":1",
            ",\"max_tokens \":1",
            ",\"max_tokens\\u0000\":1",
            ",\"max\\u005ftokens\":16",
            ",\"maxTokens\":1",
            ",\"max_output_tokens\":1",
            ",\"max_tokens\":1,\"max_completion_tokens\":100000",
            ",\"max_tokens\":100000,\"max_completion_tokens\":1",
            ",\"max_tokens\":null,\"max_completion_tokens\":16",
            ",\"Model\":\"o1-pro\"",
            ",\"\\u006dodel\":\"o1-pro\"",
            ",\"model\\u0000\":\"o1-pro\"",
            ",\"\":1",
            ",\"__proto__\":{\"max_tokens\":1}",
            ",\"constructor\":{\"prototype\":{}}",
            ",\"@type\":\"java.lang.ProcessBuilder\"",
            ",\"extra_body\":{\"max_tokens\":100000,\"n\":50}")
        .flatMap(JsonTricks::both);
  }

  private static Stream<Hostile> options() {
    Stream<Hostile> several =
        Stream.of(
                ",\"n\":2",
                ",\"n\":2,\"max_tokens\":8",
                ",\"n\":128",
                ",\"n\":1.0",
                ",\"n\":\"2\"",
                ",\"n\":null",
                ",\"n\":-1",
                ",\"n\":2147483648",
                ",\"N\":50",
                ",\"best_of\":20",
                ",\"n\":128,\"max_tokens\":9007199254740991",
                ",\"stream\":true",
                ",\"stream\":true,\"stream_options\":{\"include_usage\":false}",
                ",\"stream\":true,\"stream_options\":null",
                ",\"stream\":true,\"n\":3",
                ",\"stream\":1",
                ",\"stream\":\"true\"",
                ",\"stream\":null",
                ",\"Stream\":true",
                ",\"stream\":false,\"stream_options\":{\"include_usage\":true}",
                ",\"stream_options\":{\"include_usage\":false}")
            .map(fields -> ask(COMPLETIONS, fields));
    Stream<Hostile> ofBoth =
        Stream.of(
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"x\"}}]",
                ",\"tools\":" + "[".repeat(60) + "]".repeat(60),
                ",\"user\":\"" + "u".repeat(100_000) + "\"",
                ",\"metadata\":{\"user_id\":\"victim\"}",
                ",\"logit_bias\":{\"1\":1e400}",
                ",\"seed\":-9223372036854775809",
                ",\"stop\":[" + "\"\",".repeat(5000) + "\"\"]",
                ",\"temperature\":-0.0e-400",
                ",\"system\":[]",
                ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1000000}")
            .flatMap(JsonTricks::both);
    Stream<Hostile> speech =
        Stream.of(
                "[]",
                "{}",
                "null",
                "[null]",
                "[[]]",
                "[{}]",
                "[{\"role\":7,\"content\":\"Hi\"}]",
                "[{\"role\":\"user\"}]",
                "[{\"role\":\"user\",\"content\":7}]",
                "[{\"role\":\"user\",\"content\":[[[\"Hi\"]]]}]",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":"
                    + "{\"url\":\"file:///etc/passwd\"}}]}]",
                "[{\"role\":\"user\",\"content\":\"\\ud800\"}]",
                "[{\"role\":\"user\",\"content\":\"" + "word ".repeat(20_000) + "\"}]")
            .flatMap(
                messages ->
                    Stream.of(COMPLETIONS, MESSAGES)
                        .map(
                            path ->
                                Hostile.post(JSON, path)
                                    .json(
                                        "{\"model\":\"gpt-5-mini\",\"max_tokens\":16,\"messages\":"
                                            + messages
                                            + "}")));
    return Stream.of(several, ofBoth, speech).flatMap(s -> s);
  }

  private static Stream<Hostile> chat() {
    Stream<String> never =
        Stream.of(
            "{\"prompt\":\"Hi\",\"maxTokens\":1e999}",
            "{\"prompt\":\"Hi\",\"maxTokens\":2147483648}",
            "{\"prompt\":\"Hi\",\"maxTokens\":9223372036854775808}",
            "{\"prompt\":\"Hi\",\"maxTokens\":1,\"maxTokens\":30000}",
            "{\"prompt\":\"Hi\",\"prompt\":\"Ho\"}",
            "{\"prompt\":\"Hi\",\"model\":\"\"}",
            "{\"prompt\":\"Hi\",\"model\":\"a b\"}",
            "{\"prompt\":\"Hi\",\"model\":\"gpt-5-mini\\u0000\"}",
            "{\"prompt\":\"Hi\",\"model\":[\"gpt-5-mini\"]}",
            "{\"prompt\":\"\"}",
            "{\"prompt\":\"\\u0009 \\n\"}",
            "{\"prompt\":\"\\udc00\"}",
            "{\"prompt\":null}",
            "{\"prompt\":[\"Hi\"]}",
            "{\"PROMPT\":\"Hi\"}",
            "{\"prompt\":\"Hi\"} {\"prompt\":\"Ho\"}",
            "{\"prompt\":\"Hi\"}]",
            "{'prompt':'Hi'}",
            "{prompt:\"Hi\"}",
            "{\"prompt\":\"Hi\",}",
            "{\"prompt\":\"Hi\"/**/}",
            "// x\n{\"prompt\":\"Hi\"}",
            "{\"prompt\":\"H\ni\"}",
            "{\"prompt\":\"" + "x".repeat(2 << 20) + "\"}");
    Stream<String> perhaps =
        Stream.of(
            "{\"prompt\":\"Hi\",\"maxTokens\":16.0}",
            "{\"prompt\":\"Hi\",\"maxTokens\":1e1}",
            "{\"prompt\":\"\\u202e\\u0000\\u001b[2J\",\"maxTokens\":16}",
            "{\"pr\\u006fmpt\":\"Hi\",\"maxTokens\":16}",
            "{\"prompt\":\"Hi\",\"maxTokens\":16,\"caller\":\"victim\",\"tier\":\"large\"}",
            "{\"prompt\":\"Hi\",\"maxTokens\":16,\"x\":" + "[".repeat(40) + "]".repeat(40) + "}");
    return Stream.concat(
        never.map(body -> Hostile.post(JSON, CHAT).json(body).refused()),
        perhaps.map(body -> Hostile.post(JSON, CHAT).json(body)));
  }

  private static Stream<Hostile> encodings() {
    Stream<Hostile> wide =
        Stream.of(UTF_16, UTF_16LE, Charset.forName("UTF-32"))
            .flatMap(
                charset ->
                    Stream.of(
                        Hostile.post(JSON, COMPLETIONS).body(HELLO.getBytes(charset)),
                        Hostile.post(JSON, CHAT).body(QUESTION.getBytes(charset))));
    Stream<Hostile> marked =
        Stream.of(COMPLETIONS, MESSAGES)
            .map(path -> Hostile.post(JSON, path).json('\ufeff' + HELLO));
    Stream<Hostile> malformed =
        Stream.of(
                "\u00ff",
                "\u00c0\u00ae",
                "\u00ed\u00a0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00e4")
            .flatMap(
                bytes ->
                    Stream.of(
                        Hostile.post(JSON, COMPLETIONS)
                            .body(HELLO.replace("Hi", bytes).getBytes(ISO_8859_1)),
                        Hostile.post(JSON, CHAT)
                            .body(QUESTION.replace("Hi", bytes).getBytes(ISO_8859_1))));
    return Stream.of(wide, marked, malformed).flatMap(s -> s);
  }

  private static Stream<Hostile> forms() {
    return Stream.of(
            HELLO + "\u0000",
            HELLO + HELLO,
            HELLO + "\n" + HELLO,
            "\u0000" + HELLO,
            ")]}',\n" + HELLO,
            "[" + HELLO + "]",
            "\"" + HELLO.replace("\"", "\\\"") + "\"",
            HELLO.replace("}]}", "}],}"),
            HELLO.replace("{\"model\"", "{/* */\"model\""),
            HELLO.replace('"', '\''),
            "data: " + HELLO,
            "<json>" + HELLO + "</json>")
        .map(body -> Hostile.post(JSON, COMPLETIONS).body(body.getBytes(UTF_8)).refused());
  }
}
