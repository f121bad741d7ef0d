package dev.tollgate.providers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * What a web server sends, within a bound of bytes and of time; ends when its thread is
 * interrupted.
 */
final class HttpBody {

  private static final int CHUNK = 1 << 16;

  private HttpBody() {}

  /**
   * @param millis how long all of it may take; a single silence is the connection's own bound
   */
  static byte[] read(InputStream body, int maxBytes, int millis) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    long start = System.nanoTime();
    for (int length = body.read(chunk); length >= 0; length = body.read(chunk)) {
      read.write(chunk, 0, length);
      if (read.size() > maxBytes) {
        throw new IOException("has more than " + maxBytes + " bytes");
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("was told to end");
      }
      if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(millis)) {
        throw new SocketTimeoutException("took longer than " + millis + " ms");
      }
    }
    return read.toByteArray();
  }
}
