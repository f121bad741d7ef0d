package dev.tollgate.alerts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages to one address, each over a connection of its own. It connects to the very address
 * that it has checked, so a name that resolves to another one a moment later gains nothing; it
 * follows no redirect, reads no more than the head of an answer, and owns no thread.
 *
 * <p>One thread posts at a time; {@link #close} may come from another one.
 */
final class Poster implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");
  private static final int MAX_HEAD = 16 * 1024;
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

  private final Endpoint endpoint;
  private final boolean privateAddresses;
  private final SSLSocketFactory tls;
  private final Duration deadline;
  private volatile @Nullable Socket current;
  private volatile boolean closed;

  /**
   * @param privateAddresses whether it may connect to addresses that are not public
   * @param deadline for a whole exchange, after the name is resolved
   */
  Poster(Endpoint endpoint, boolean privateAddresses, SSLSocketFactory tls, Duration deadline) {
    this.endpoint = endpoint;
    this.privateAddresses = privateAddresses;
    this.tls = tls;
    this.deadline = deadline;
  }

  /**
   * @param headers by their names in lower case
   */
  record Answer(int status, Map<String, String> headers) {}

  /**
   * Posts a message.
   *
   * @throws RefusedAddressException when its host has no address that it may connect to
   * @throws IOException when no answer came in time
   */
  Answer post(Message message) throws IOException {
    try (DeadlineSocket plain = new DeadlineSocket(deadline)) {
      current = plain;
      if (closed) {
        throw new IOException("closed");
      }
      plain.connect(new InetSocketAddress(address(), endpoint.port()));
      Socket socket = endpoint.isTls() ? encrypted(plain) : plain;
      OutputStream out = socket.getOutputStream();
      out.write(request(message));
      out.flush();
      return answer(socket.getInputStream());
    } finally {
      current = null;
    }
  }

  private InetAddress address() throws IOException {
    return Arrays.stream(InetAddress.getAllByName(endpoint.host()))
        .filter(address -> privateAddresses || PublicAddress.isPublic(address))
        .findFirst()
        .orElseThrow(() -> new RefusedAddressException(endpoint.host()));
  }

  private Socket encrypted(Socket plain) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, endpoint.host(), endpoint.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private byte[] request(Message message) throws IOException {
    StringBuilder head = new StringBuilder();
    line(head, "POST " + endpoint.target() + " HTTP/1.1");
    line(head, "Host: " + endpoint.hostHeader());
    line(head, "User-Agent: tollgate");
    line(head, "Connection: close");
    if (!endpoint.login().isEmpty()) {
      byte[] login = endpoint.login().getBytes(StandardCharsets.UTF_8);
      line(head, "Authorization: Basic " + Base64.getEncoder().encodeToString(login));
    }
    message.headers().forEach((name, value) -> line(head, name + ": " + value));
    line(head, "Content-Length: " + message.body().length);
    line(head, "");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    request.write(message.body());
    return request.toByteArray();
  }

  private static void line(StringBuilder head, String line) {
    head.append(line).append("\r\n");
  }

  private static Answer answer(InputStream in) throws IOException {
    HeadReader reader = new HeadReader(in);
    Answer answer = reader.next();
    while (answer.status() < 200) {
      answer = reader.next();
    }
    return answer;
  }

  /** Reads heads of answers, byte by byte, so that nothing behind them is waited for. */
  private static final class HeadReader {
    private final InputStream in;
    private int read;

    HeadReader(InputStream in) {
      this.in = in;
    }

    Answer next() throws IOException {
      Matcher status = STATUS_LINE.matcher(line());
      if (!status.matches()) {
        throw new ProtocolException("did not answer in HTTP");
      }
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
      }
      return new Answer(Integer.parseInt(status.group(1)), headers);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0 || ++read > MAX_HEAD) {
          throw new ProtocolException("broke off, or answered with too long a head");
        }
        line.append((char) c);
      }
      return line.toString().stripTrailing();
    }
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    closed = true;
    Optional.ofNullable(current).ifPresent(Poster::end);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException broken) {
      LOGGER.log(System.Logger.Level.DEBUG, "a connection that was given up did not close", broken);
    }
  }
}
