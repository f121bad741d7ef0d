package dev.tollgate.filter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A response whose bytes pass a meter on their way to the client. A stream's pass at once; others
 * are held, up to a bound, until the answer ends, so that its cost can be told in a header. As
 * thread-safe as the response.
 */
final class MeteredResponse extends HttpServletResponseWrapper {

  private static final String CONTENT_LENGTH = "Content-Length";

  private final AnswerMeter meter;
  private final boolean streams;
  private boolean holds;
  private @Nullable MeteredOutput output;
  private @Nullable OutputStreamWriter encoder;
  private @Nullable PrintWriter writer;

  /**
   * @param streams whether a stream was asked for, which may get shorter on its way
   */
  MeteredResponse(HttpServletResponse response, AnswerMeter meter, boolean streams) {
    super(response);
    this.meter = meter;
    this.streams = streams;
    this.holds = !streams;
  }

  private MeteredOutput output() {
    if (output == null) {
      output = new MeteredOutput((HttpServletResponse) getResponse(), meter, holds);
    }
    return output;
  }

  @Override
  public ServletOutputStream getOutputStream() {
    if (writer != null) {
      throw new IllegalStateException("the answer is being written as text");
    }
    return output();
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      if (output != null) {
        throw new IllegalStateException("the answer is being written as bytes");
      }
      setCharacterEncoding(getCharacterEncoding());
      encoder = new OutputStreamWriter(new Quiet(output()), getCharacterEncoding());
      writer = new Text(encoder, output());
    }
    return writer;
  }

  /** From now on nothing is held: the container may end the answer without asking for the rest. */
  void passAtOnce() {
    holds = false;
    if (output != null) {
      output.passAtOnce();
    }
  }

  /**
   * The application has answered.
   *
   * @throws IOException when the client is gone
   */
  void end() throws IOException {
    if (encoder != null) {
      encoder.flush();
    }
    if (output != null) {
      output.end();
    } else {
      meter.answered(getStatus());
    }
  }

  @Override
  public void flushBuffer() throws IOException {
    if (encoder != null) {
      encoder.flush();
    }
    if (output != null) {
      output.flush();
    } else if (!holds) {
      super.flushBuffer();
    }
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    discard();
    if (output != null) {
      output.restart();
    }
  }

  @Override
  public void reset() {
    super.reset();
    discard();
    encoder = null;
    writer = null;
    output = null;
  }

  @Override
  public void sendError(int status) throws IOException {
    super.sendError(status);
    discard();
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    super.sendError(status, message);
    discard();
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    super.sendRedirect(location);
    discard();
  }

  /** What was written is thrown away, and so is what is still to be encoded. */
  private void discard() {
    if (output == null) {
      return;
    }
    output.discard();
    try {
      if (encoder != null) {
        encoder.flush();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("nothing is sent", impossible);
    }
  }

  @Override
  public void setContentLength(int length) {
    setContentLengthLong(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    if (!streams) {
      super.setContentLengthLong(length);
    }
  }

  @Override
  public void setHeader(String name, String value) {
    if (passes(name)) {
      super.setHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    if (passes(name)) {
      super.addHeader(name, value);
    }
  }

  @Override
  public void setIntHeader(String name, int value) {
    if (passes(name)) {
      super.setIntHeader(name, value);
    }
  }

  @Override
  public void addIntHeader(String name, int value) {
    if (passes(name)) {
      super.addIntHeader(name, value);
    }
  }

  private boolean passes(String name) {
    return !streams || !name.equalsIgnoreCase(CONTENT_LENGTH);
  }

  /** Text that is flushed only when it is told to. */
  private static final class Text extends PrintWriter {

    private final MeteredOutput output;

    Text(OutputStreamWriter encoder, MeteredOutput output) {
      super(encoder);
      this.output = output;
    }

    @Override
    public void flush() {
      super.flush();
      try {
        output.flush();
      } catch (IOException left) {
        setError();
      }
    }
  }

  /** Lets an encoder empty itself without sending what it has. */
  private static final class Quiet extends OutputStream {

    private final MeteredOutput output;

    Quiet(MeteredOutput output) {
      this.output = output;
    }

    @Override
    public void write(int value) throws IOException {
      output.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      output.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      output.close();
    }
  }
}
