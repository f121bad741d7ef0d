package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Reads an answer, as a body or as a stream, from the bytes as they come. Bounded in memory,
 * whatever comes; what is malformed, truncated or too large is skipped. Not thread-safe.
 */
public final class AnswerReader {

  private final AnswerDialect dialect;
  private final Framing framing;
  private final Tally tally = new Tally();
  private final Framing.Sink sink =
      new Framing.Sink() {
        @Override
        public void message(Bytes raw, Bytes data) {
          read(data);
        }

        @Override
        public void unread(Bytes raw) {}
      };

  /**
   * @param contentType the answer's header, which tells streams from bodies; may be empty
   */
  public AnswerReader(Protocol protocol, String contentType) {
    this.dialect = protocol.answerDialect();
    this.framing = Framing.of(contentType);
  }

  /** What a whole body tells. */
  public static Reading read(Protocol protocol, byte[] body) {
    AnswerReader reader = new AnswerReader(protocol, "");
    reader.feed(body, 0, body.length);
    reader.finish();
    return reader.reading();
  }

  /** Reads the next bytes. They may be split anywhere. */
  public void feed(byte[] bytes, int offset, int length) {
    framing.feed(bytes, offset, length, sink);
  }

  /** Reads what is left: the provider will send nothing more. */
  public void finish() {
    framing.finish(sink);
    finished();
  }

  /** What is known by now. */
  public Reading reading() {
    return tally.reading();
  }

  AnswerDialect dialect() {
    return dialect;
  }

  Tally tally() {
    return tally;
  }

  Framing framing() {
    return framing;
  }

  /** Reads a message, and returns it. */
  JsonNode read(Bytes data) {
    if (isDone(data)) {
      tally.complete();
    }
    JsonNode message = Json.lenient(data.array(), 0, data.size());
    if (message.isArray()) {
      message.forEach(each -> dialect.read(each, tally));
    } else if (message.isObject()) {
      dialect.read(message, tally);
    }
    return message;
  }

  /** A stream that told why it finished has ended well, whatever else was to come. */
  void finished() {
    if (tally.isFinished()) {
      tally.complete();
    }
  }

  private static boolean isDone(Bytes data) {
    return data.size() == 6 && data.at(0) == '[' && data.at(1) == 'D' && data.at(5) == ']';
  }
}
