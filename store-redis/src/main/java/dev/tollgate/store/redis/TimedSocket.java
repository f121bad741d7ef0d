package dev.tollgate.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A socket whose reads and writes end by a deadline, all together: a peer that drips its answer
 * byte by byte gains no time, nor does one that stops reading. What it may send is bounded too. Not
 * thread-safe.
 */
final class TimedSocket extends Socket {

  /** What one exchange may bring: the largest batch brings less. */
  private static final int MAX_INPUT = 32 << 20;

  /** Java keeps a buffer outside its heap, as large as the largest write, for each thread. */
  private static final int MAX_WRITE = 16_384;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final InputStream input = new Input();
  private final OutputStream output = new Output();
  private long deadlineNanos;
  private long inputLeft = MAX_INPUT;

  private TimedSocket(SocketChannel channel, Selector selector, long deadlineNanos)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.deadlineNanos = deadlineNanos;
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    key = channel.register(selector, 0);
  }

  /**
   * Connects.
   *
   * @param deadlineNanos when connecting, and the first exchange, must be done, by {@link
   *     System#nanoTime}
   * @throws IOException when there is no connection by then
   */
  static TimedSocket connect(InetSocketAddress server, long deadlineNanos) throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean isConnected = false;
    try {
      Selector selector = Selector.open();
      try {
        TimedSocket socket = new TimedSocket(channel, selector, deadlineNanos);
        boolean isDone = channel.connect(server);
        while (!isDone) {
          socket.await(SelectionKey.OP_CONNECT);
          isDone = channel.finishConnect();
        }
        isConnected = true;
        return socket;
      } finally {
        if (!isConnected) {
          selector.close();
        }
      }
    } finally {
      if (!isConnected) {
        channel.close();
      }
    }
  }

  /**
   * Begins an exchange.
   *
   * @param deadlineNanos when it must be done, by {@link System#nanoTime}
   */
  void beginExchange(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
    inputLeft = MAX_INPUT;
  }

  /**
   * Whether the peer has closed its end, or has sent something, since the last exchange: then the
   * connection is of no use. Does not wait.
   */
  boolean isSpoilt() {
    try {
      return channel.read(ByteBuffer.allocate(1)) != 0;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Waits until the channel is ready. What has arrived by the deadline counts, however late a busy
   * machine lets this thread look. An interrupt does not end it: the deadline is near.
   */
  private void await(int operation) throws IOException {
    if (key.interestOps() != operation) {
      key.interestOps(operation);
    }
    boolean isInterrupted = Thread.interrupted();
    try {
      while (true) {
        long nanos = deadlineNanos - System.nanoTime();
        int ready =
            nanos > 0
                ? selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1)
                : selector.selectNow();
        selector.selectedKeys().clear();
        if (ready > 0) {
          return;
        }
        if (nanos <= 0) {
          throw new SocketTimeoutException("the deadline passed");
        }
        isInterrupted |= Thread.interrupted();
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Input extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = 0;
      while (count == 0) {
        await(SelectionKey.OP_READ);
        count = channel.read(ByteBuffer.wrap(bytes, offset, length));
      }
      inputLeft -= count;
      if (inputLeft < 0) {
        throw new IOException("the answer is longer than " + MAX_INPUT + " bytes");
      }
      return count;
    }
  }

  private final class Output extends OutputStream {

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int end = offset + length;
      int next = offset;
      while (next < end) {
        int count = channel.write(ByteBuffer.wrap(bytes, next, Math.min(end - next, MAX_WRITE)));
        next += count;
        if (count == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
    }
  }

  @Override
  public InputStream getInputStream() {
    return input;
  }

  @Override
  public OutputStream getOutputStream() {
    return output;
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      channel.close();
    }
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isBound() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return channel.socket().getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return channel.socket().getLocalSocketAddress();
  }

  /** The deadline holds instead. */
  @Override
  public void setSoTimeout(int millis) {}

  @Override
  public int getSoTimeout() {
    return 0;
  }
}
