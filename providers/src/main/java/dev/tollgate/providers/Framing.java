package dev.tollgate.providers;

import java.util.Locale;

/**
 * Cuts a stream of bytes into the messages it carries, however the bytes are chunked. Keeps at most
 * one message, within a bound; what is larger goes by unread. Not thread-safe.
 */
sealed interface Framing permits SseFraming, LineFraming, BodyFraming {

  /** A message larger than this goes by unread: 1 MiB. */
  int MAX_MESSAGE_BYTES = 1 << 20;

  /** A body that is no stream goes by unread if it is larger than this: 8 MiB. */
  int MAX_BODY_BYTES = 8 << 20;

  /** Takes what a stream carries, in its order. */
  interface Sink {

    /**
     * A message.
     *
     * @param raw its bytes as they came, with what delimits them
     * @param data its content
     */
    void message(Bytes raw, Bytes data);

    /** Bytes that belong to no message that can be read. */
    void unread(Bytes raw);
  }

  void feed(byte[] bytes, int offset, int length, Sink sink);

  /** Nothing more will come: what is left is a message too. */
  void finish(Sink sink);

  /**
   * The framing of a content type: server-sent events, lines of JSON, or else one body.
   *
   * @param contentType the header's value; may be empty
   */
  static Framing of(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return switch (type.strip().toLowerCase(Locale.ROOT)) {
      case "text/event-stream" -> new SseFraming();
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> new LineFraming();
      default -> new BodyFraming();
    };
  }
}
