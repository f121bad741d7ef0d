package dev.tollgate.sample;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Server-sent events, as the simulated provider writes them. */
final class Sse {

  static final String TYPE = "text/event-stream; charset=utf-8";

  private static final Pattern BEFORE_WORD = Pattern.compile("(?<=\\s)(?=\\S)");

  private Sse() {}

  static byte[] data(String data) {
    return ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** An event that is named by the type of its data. */
  static byte[] event(JsonNode data) {
    String name = "event: " + data.path("type").asText() + "\n";
    return (name + "data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A text word by word. */
  static List<String> words(String text) {
    return List.of(BEFORE_WORD.split(text));
  }
}
