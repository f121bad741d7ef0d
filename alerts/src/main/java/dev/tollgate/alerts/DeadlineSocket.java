package dev.tollgate.alerts;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A socket with one deadline for all that is read: a peer that drips a byte now and then does not
 * prolong it, not even within a TLS handshake.
 */
final class DeadlineSocket extends Socket {

  private final long endNanos;

  DeadlineSocket(Duration time) {
    super(Proxy.NO_PROXY);
    endNanos = System.nanoTime() + time.toNanos();
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, millisLeft());
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        setSoTimeout(millisLeft());
        return in.read();
      }

      @Override
      public int read(byte[] buffer, int from, int length) throws IOException {
        setSoTimeout(millisLeft());
        return in.read(buffer, from, length);
      }
    };
  }

  private int millisLeft() throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException("took too long");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
