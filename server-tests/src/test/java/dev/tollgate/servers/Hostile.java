package dev.tollgate.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request of somebody who means harm, byte by byte as it goes over the wire. Immutable.
 *
 * @param category what kind of trick it is
 * @param head the request line and the header, whose lines end with CRLF, with the empty one
 * @param pieces the body, in pieces that are sent one after the other
 * @param cut whether its sender says at once that nothing more will come
 * @param must what has to come of it
 */
record Hostile(String category, String head, List<byte[]> pieces, boolean cut, Must must) {

  static final String CHAT = "/api/chat";
  static final String COMPLETIONS = "/v1/chat/completions";
  static final String MESSAGES = "/v1/messages";

  /** The key of the caller in whose name nearly all of them come. */
  static final String KEY = "attacker-key-4f1d";

  /** The key of a caller who has used everything up. */
  static final String SPENT_KEY = "spent-key-8a21";

  /** The key of a caller who leaves before the end. */
  static final String LEAVER_KEY = "leaver-key-25e6";

  /** A key that the attacker has never seen, but whose holder's usage it would like to see. */
  static final String VICTIM_KEY = "victim-key-77c0";

  /** The operator's password, which the attacker does not have. */
  static final String PASSWORD = "operators-password";

  /** The user and the password in the form of HTTP Basic. */
  static final String OPERATOR = "Basic YWRtaW46b3BlcmF0b3JzLXBhc3N3b3Jk";

  /** A harmless question for the chat. */
  static final String QUESTION = "{\"prompt\":\"Hi\",\"maxTokens\":16}";

  /** A harmless question in OpenAI's words, and in Anthropic's. */
  static final String HELLO =
      "{\"model\":\"gpt-5-mini\",\"max_tokens\":16,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

  /** What has to come of a request, beside what holds for all of them. */
  enum Must {
    /** An answer of 200, one call of the provider, and its price to the attacker. */
    BE_SERVED,
    /** An answer of 4xx or none, no call of the provider, and nothing to pay. */
    BE_REFUSED,
    /** Either of both, or an answer of 2xx to 4xx without a call of the provider. */
    BE_PAID_IF_SERVED
  }

  /** A request with nothing but a line, for the header to be added to. */
  static Hostile of(String category, String requestLine) {
    String head = requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    return new Hostile(category, head, List.of(), false, Must.BE_PAID_IF_SERVED);
  }

  /** A usual request of the attacker: a POST of JSON that would be served. */
  static Hostile post(String category, String target) {
    boolean chat = target.toLowerCase(Locale.ROOT).contains("chat");
    boolean provider = target.contains("v1");
    return of(category, "POST " + target + " HTTP/1.1")
        .with("X-API-Key: " + KEY)
        .json(chat && !provider ? QUESTION : HELLO);
  }

  /** A GET in the attacker's name. */
  static Hostile get(String category, String target) {
    return of(category, "GET " + target + " HTTP/1.1").with("X-API-Key: " + KEY);
  }

  /** The same with one more line in its header. */
  Hostile with(String headerLine) {
    return new Hostile(
        category,
        head.substring(0, head.length() - 2) + headerLine + "\r\n\r\n",
        pieces,
        cut,
        must);
  }

  /** The same without the lines of its header that have this name. */
  Hostile without(String name) {
    String lines = head.replaceAll("(?i)\r\n" + name + ":[^\r\n]*", "");
    return new Hostile(category, lines, pieces, cut, must);
  }

  /** The same with a body of JSON, and the header that says so. */
  Hostile json(String body) {
    return without("Content-Type")
        .with("Content-Type: application/json")
        .body(body.getBytes(UTF_8));
  }

  /** The same with this body, and the length that it has. */
  Hostile body(byte[] body) {
    return without("Content-Length").with("Content-Length: " + body.length).raw(body);
  }

  /** The same with these bytes after its header, whatever the header says. */
  Hostile raw(byte[]... bytes) {
    return new Hostile(category, head, List.of(bytes), cut, must);
  }

  /** The same with these characters after its header, each in one byte. */
  Hostile raw(String latin) {
    return raw(latin.getBytes(ISO_8859_1));
  }

  /** The same in chunks, which are written as they are given. */
  Hostile chunked(String chunks) {
    return without("Content-Length").with("Transfer-Encoding: chunked").raw(chunks);
  }

  /** The same with another request line or other values. */
  Hostile rewritten(String pattern, String replacement) {
    return new Hostile(category, head.replaceFirst(pattern, replacement), pieces, cut, must);
  }

  /** The same from a sender who says at once that nothing more will come. */
  Hostile ends() {
    return new Hostile(category, head, pieces, true, must);
  }

  Hostile must(Must come) {
    return new Hostile(category, head, pieces, cut, come);
  }

  Hostile refused() {
    return must(Must.BE_REFUSED);
  }

  Hostile served() {
    return must(Must.BE_SERVED);
  }

  /** The same in the name of the caller who has used everything up, or of another. */
  Hostile by(String key) {
    return new Hostile(category, head.replace(KEY, key), pieces, cut, must);
  }

  /** All that goes over the wire, in the pieces in which it is sent. */
  List<byte[]> bytes() {
    List<byte[]> all = new ArrayList<>();
    all.add(head.getBytes(ISO_8859_1));
    all.addAll(pieces);
    return all;
  }

  @Override
  public String toString() {
    StringBuilder shown = new StringBuilder(category).append(": ").append(head);
    pieces.forEach(piece -> shown.append(new String(piece, ISO_8859_1)));
    String text = shown.length() > 700 ? shown.substring(0, 700) + "..." : shown.toString();
    return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
  }
}
