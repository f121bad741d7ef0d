package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Estimate;
import dev.tollgate.Usage;
import java.nio.charset.StandardCharsets;

/**
 * Reads a stream while it passes from the provider to the client, message by message. Hides the
 * report of usage from a client that did not ask for it, and ends the stream as its protocol ends
 * once it has produced more than it may. Not thread-safe.
 */
public final class AnswerRelay {

  private final AnswerReader reader;
  private final boolean showsUsage;
  private final Estimate allowed;
  private final Bytes passing = new Bytes(Integer.MAX_VALUE);
  private final Framing.Sink sink = new Passing();
  private boolean cut;

  /**
   * @param contentType the answer's header; a body that is no stream passes as it is
   * @param showsUsage whether the client itself asked for usage, see {@link
   *     AiRequest#asksForUsage}; otherwise a message that tells nothing else is hidden
   * @param allowed the request's input, told where the provider tells none, and the output after
   *     which the stream is cut. Meant for providers that do not keep to the bound of the request:
   *     so few tokens are counted that no other can be cut short
   */
  public AnswerRelay(Protocol protocol, String contentType, boolean showsUsage, Estimate allowed) {
    this.reader = new AnswerReader(protocol, contentType);
    this.showsUsage = showsUsage;
    this.allowed = allowed;
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
        Usage spent = reading().spent(allowed.inputTokens());
        String ending = reader.dialect().ending(reading().model(), spent, showsUsage);
        passing.writeBytes(ending.getBytes(StandardCharsets.UTF_8));
      }
    }

    private boolean isOverCap() {
      Tally tally = reader.tally();
      return !tally.isFinished()
          && !tally.isComplete()
          && tally.reading().leastTokens() > allowed.outputTokens();
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
