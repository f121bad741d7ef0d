package dev.tollgate.filter;

import dev.tollgate.CallRecord;
import dev.tollgate.Money;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The bytes of an answer on their way through a meter. As thread-safe as the response. */
final class MeteredOutput extends ServletOutputStream {

  /** More of an answer is not held: 1 MiB. */
  static final int MAX_HELD_BYTES = 1 << 20;

  private static final System.Logger LOG = System.getLogger("dev.tollgate");

  private final HttpServletResponse response;
  private final AnswerMeter meter;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean holds;
  private boolean begun;
  private boolean discards;
  private boolean ended;

  /**
   * @param holds whether bytes are held until the answer ends
   */
  MeteredOutput(HttpServletResponse response, AnswerMeter meter, boolean holds) {
    this.response = response;
    this.meter = meter;
    this.holds = holds;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (discards) {
      return;
    }
    if (meter.isCut()) {
      throw new IOException("the answer has reached its bound and was ended");
    }
    if (!begun) {
      begun = true;
      meter.begin(AnswerHead.of(response));
    }
    pass(meter.pass(bytes, offset, length));
    if (meter.isCut()) {
      close();
    }
  }

  private void pass(byte[] bytes) throws IOException {
    if (holds && held.size() + bytes.length <= MAX_HELD_BYTES) {
      held.write(bytes, 0, bytes.length);
    } else {
      release();
      send(bytes);
    }
  }

  private void release() throws IOException {
    holds = false;
    byte[] waiting = held.toByteArray();
    held.reset();
    send(waiting);
  }

  private void send(byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      toClient(() -> response.getOutputStream().write(bytes));
    }
  }

  /** From now on nothing is held. That a client is gone is told at the next write. */
  void passAtOnce() {
    try {
      release();
    } catch (IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "a client has left", gone);
    }
  }

  /** What was written was not to be, and what will be neither. */
  void discard() {
    discards = true;
    held.reset();
    begun = false;
    meter.restart();
  }

  /** Another answer begins. */
  void restart() {
    discards = false;
  }

  @Override
  public void flush() throws IOException {
    if (holds) {
      return;
    }
    toClient(() -> response.getOutputStream().flush());
  }

  /** Ends the answer: settles, tells the cost if that can still be told, and sends what is held. */
  void end() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    pass(meter.finish());
    meter.answered(response.getStatus()).ifPresent(this::tell);
    release();
  }

  private void tell(CallRecord charged) {
    if (!response.isCommitted()) {
      response.setHeader("Tollgate-Cost", Money.usd(charged.costNanoUsd()).toPlainString());
    }
  }

  @Override
  public void close() throws IOException {
    end();
    toClient(() -> response.getOutputStream().close());
  }

  @Override
  public boolean isReady() {
    return client().isReady();
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    client()
        .setWriteListener(
            new WriteListener() {
              @Override
              public void onWritePossible() throws IOException {
                listener.onWritePossible();
              }

              @Override
              public void onError(Throwable failure) {
                meter.left();
                listener.onError(failure);
              }
            });
  }

  private ServletOutputStream client() {
    try {
      return response.getOutputStream();
    } catch (IOException closed) {
      throw new IllegalStateException("the response cannot be written", closed);
    }
  }

  private interface Sending {
    void run() throws IOException;
  }

  private void toClient(Sending sending) throws IOException {
    try {
      sending.run();
    } catch (IOException gone) {
      meter.left();
      throw gone;
    }
  }
}
