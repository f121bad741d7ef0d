package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * Reads a stream while it passes from the provider to the client, message by message. Hides the
 * report of usage from a client that did not ask for it, and ends the stream as its protocol ends
 * once it has produced more than it may. Not thread-safe.
 */
public final class AnswerRelay {

  private final AnswerReader reader;
  private final boolean showsUsage;
  private final long maxOutputTokens;
  private final Bytes passing = new Bytes(Integer.MAX_VALUE);
  private final Framing.Sink sink = new Passing();
  private boolean cut;

  /**
   * @param contentType the answer's header; a body that is no stream passes as it is
   * @param showsUsage whether the client itself asked for usage, see {@link
   *     AiRequest#asksForUsage}; otherwise a message that tells nothing else is hidden
   * @param maxOutputTokens more than these, and the stream is cut. Meant for providers that do not
   *     keep to the bound of the request; tokens are counted low, so that no other is cut short
   */
  public AnswerRelay(
      Protocol protocol, String contentType, boolean showsUsage, long maxOutputTokens) {
    this.reader = new AnswerReader(protocol, contentType);
    this.showsUsage = showsUsage;
    this.maxOutputTokens = maxOutputTokens;
  }

  /** Reads the next bytes, which may be split anywhere, and returns those that go to the client. */
  public byte[] feed(byte[] bytes, int offset, int length) {
    reader.framing().feed(bytes, offset, length, sink);
    return take();
  }

  /** Nothing more comes from the provider: returns what is left for the client. */
  public byte[] finish() {
    reader.framing().finish(sink);
    reader.finished();
    return take();
  }

  /** What is known by now. */
  public Reading reading() {
    return reader.reading();
  }

  /** Whether the stream was cut: the provider's connection can be closed. */
  public boolean isCut() {
    return cut;
  }

  private byte[] take() {
    byte[] taken = passing.toByteArray();
    passing.reset();
    return taken;
  }

  private final class Passing implements Framing.Sink {

    @Override
    public void message(Bytes raw, Bytes data) {
      if (cut) {
        return;
      }
      JsonNode message = reader.read(data);
      if (showsUsage || !reader.dialect().isUsageOnly(message)) {
        pass(raw);
      }
      if (raw.size() > 0 && isOverCap()) {
        cut = true;
        String ending = reader.dialect().ending(reader.tally(), showsUsage);
        passing.writeBytes(ending.getBytes(StandardCharsets.UTF_8));
      }
    }

    private boolean isOverCap() {
      Tally tally = reader.tally();
      return !tally.isFinished()
          && !tally.isComplete()
          && tally.reading().leastTokens() > maxOutputTokens;
    }

    @Override
    public void unread(Bytes raw) {
      if (!cut) {
        pass(raw);
      }
    }

    private void pass(Bytes raw) {
      passing.write(raw.array(), 0, raw.size());
    }
  }
}
